package import MilterKit

/// A running server whose log is kept, with all levels.
package final class LoggedServer {
  package let server: MilterServer
  /// All that the server logs.
  package let log = Journal()

  /// Starts it.
  ///
  /// - Parameters:
  ///   - sockets: Where it listens.
  ///   - configure: Changes the server's configuration.
  ///   - makeMilter: Makes the filter for one connection.
  /// - Throws: When a socket cannot be opened.
  package init(
    _ sockets: [String], configure: (inout MilterConfiguration) -> Void,
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

  /// The warnings and errors in the log.
  package var complaints: [String] {
    log.all.filter { $0.hasPrefix("warning:") || $0.hasPrefix("error:") }
  }
}
