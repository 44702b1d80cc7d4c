import Logging
import MilterKit
import MilterService
import ServiceLifecycle
import UnixSignals

/// A program of several services, one of which is a filter.
///
///     swift run servicegroup inet:8900@127.0.0.1
///
/// In C, smfi_main() takes over the whole process and its signals. README.md explains the shutdown.
@main
enum ServiceGroupProgram {
  static func main() async throws {
    let logger = Logger(label: "servicegroup")
    let socket = CommandLine.arguments.dropFirst().first ?? "inet:8900@127.0.0.1"
    var configuration = MilterConfiguration()
    configuration.log = MilterLog(level: .info) { level, line in
      logger.log(level: level.swiftLog, "\(line)")
    }
    let server = try MilterServer(sockets: [socket], configuration: configuration) { Patient() }
    let group = ServiceGroup(
      services: [MilterService(server), Pulse(logger: logger)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}

/// Another service of the same program, in place of, for example, a database client.
struct Pulse: Service {
  let logger: Logger

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while true {
        try await Task.sleep(for: .seconds(60))
        logger.info("alive")
      }
    }
  }
}

/// A filter that makes every client wait for a second.
final class Patient: AsyncMilter {
  override func helo(_ host: String) async throws -> Status {
    try await Task.sleep(for: .seconds(1))
    return .continue
  }
}

extension MilterLogLevel {
  /// The level of the same name.
  var swiftLog: Logger.Level { Logger.Level(rawValue: name) ?? .info }
}
