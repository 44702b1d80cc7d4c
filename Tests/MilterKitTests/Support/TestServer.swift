import MilterFilterFixtures
import MilterKit

/// A server on a free port of loopback, or elsewhere, whose log is kept.
final class TestServer {
  let server: MilterServer
  let log = Journal()

  init(
    _ sockets: [String] = ["inet:0@127.0.0.1"],
    configure: (inout MilterConfiguration) -> Void = { _ in },
    _ makeMilter: @escaping @Sendable () -> MilterBase
  ) throws {
    var configuration = MilterConfiguration()
    configuration.log = MilterLog(level: .debug) { [log] level, line in
      log.note("\(level): \(line)")
    }
    configure(&configuration)
    server = try MilterServer(
      sockets: sockets, configuration: configuration, makeMilter: makeMilter)
    try server.start()
  }

  deinit { server.stop(drain: .zero) }

  var spec: String { server.addresses.first ?? "" }

  func connect() throws -> TestMTA { try TestMTA(spec) }
}
