package import MilterKit

/// A running server whose log is kept, by default without the debug level: with it, the server would not take its fast
/// path.
package final class LoggedServer {
  package let server: MilterServer
  /// The server's log.
  package let log = Journal()

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - sockets: The sockets that the server listens on.
  ///   - configure: Changes the server's configuration, such as the log level.
  ///   - makeMilter: Creates the filter for one connection.
  /// - Throws: An error if a socket cannot be opened.
  package init(
    _ sockets: [String], configure: (inout MilterConfiguration) -> Void,
    _ makeMilter: @escaping @Sendable () -> MilterBase
  ) throws {
    var configuration = MilterConfiguration()
    configuration.log = MilterLog(level: .info) { [log] level, line in
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
