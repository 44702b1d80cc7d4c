import MilterKit
import MilterSystem

/// The built-in filter, which answers if there is no other filter.
final class OwnFilter: Sendable {
  private let server: MilterServer

  init() throws {
    var configuration = MilterConfiguration()
    configuration.log.level = .warning
    server = try MilterServer(configuration: configuration) { Watcher() }
    try server.start()
  }

  func connect() throws -> Socket { try server.connect() }

  func stop() { server.stop(drain: .zero) }
}
