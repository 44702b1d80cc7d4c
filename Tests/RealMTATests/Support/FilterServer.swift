import MilterFilterFixtures
import MilterKit
import Testing

/// A filter on its own socket that records its log.
final class FilterServer {
  /// The socket of the filter.
  let socket: MilterSocket
  private let logged: LoggedServer

  /// Starts it.
  ///
  /// - Parameters:
  ///   - socket: Where to listen; for port 0 a free one is chosen.
  ///   - configure: Changes the server's configuration.
  ///   - makeMilter: Makes the filter for one connection.
  /// - Throws: When the socket cannot be opened.
  init(
    on socket: MilterSocket = .inet(port: 0),
    configure: (inout MilterConfiguration) -> Void = { _ in },
    _ makeMilter: @escaping @Sendable () -> MilterBase
  ) throws {
    logged = try LoggedServer([socket.spec], configure: configure, makeMilter)
    if case .inet = socket {
      let digits = logged.server.addresses.first?.drop { !$0.isNumber }.prefix { $0.isNumber }
      self.socket = .inet(port: try #require(digits.flatMap { UInt16($0) }))
    } else {
      self.socket = socket
    }
  }

  deinit { stop() }

  var server: MilterServer { logged.server }

  /// The log of the server.
  var log: Journal { logged.log }

  /// The number of connections that had not ended when the filter was killed.
  private var abandoned = 0

  /// Stops the filter after the verdicts on messages in progress; does nothing if the filter has stopped.
  ///
  /// - Returns: The number of connections that did not end.
  @discardableResult
  func stop() -> Int { server.stop(drain: .seconds(120)) }

  /// Stops the filter at once, without waiting for connections.
  func kill() { abandoned = server.stop(drain: .zero) }

  /// The server's counters.
  var statistics: MilterStatistics { server.statistics }

  /// The warnings and errors in the log, without the error about connections that `kill()` abandoned.
  var complaints: [String] {
    let expected = "error: \(abandoned) connections have callbacks that did not return"
    return logged.complaints.filter { $0 != expected }
  }

  /// The names of the packets that MTAs have sent, macros among them; the log must have the debug level.
  var packets: [String] {
    if server.configuration.log.level < .debug { Issue.record("the log has no packets") }
    return log.all.compactMap { line in
      guard line.hasPrefix("debug:"), let comma = line.lastIndex(of: ",") else { return nil }
      return line[..<comma].split(separator: " ").last.map(String.init)
    }
  }

  /// The names of the commands that MTAs have sent, without macros; the log must have the debug level.
  var commands: [String] { packets.filter { $0 != "macro" } }
}

/// Starts a filter and an MTA that asks it, runs `body` with the MTA, and stops both.
///
/// The test fails if the filter's log has another number of warnings and errors.
///
/// - Parameters:
///   - kind: The MTA.
///   - settings: Further settings of the MTA; the filter is added after the filters in them.
///   - configure: Changes the server's configuration.
///   - complaints: The number of warnings and errors that the filter's log must have.
///   - makeMilter: Makes the filter for one connection.
///   - body: Speaks to the MTA.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, and when the filter or the MTA cannot be started.
func withFilter<Result>(
  _ kind: RealMTA.Kind, _ settings: RealMTA.Settings = RealMTA.Settings(),
  configure: (inout MilterConfiguration) -> Void = { _ in }, complaints: Int = 0,
  making makeMilter: @escaping @Sendable () -> MilterBase,
  _ body: (RealMTA, FilterServer) async throws -> Result
) async throws -> Result {
  let directory = try InstanceDirectory()
  defer { directory.remove() }
  let server = try FilterServer(
    on: .fastest(for: kind, in: directory), configure: configure, makeMilter)
  defer { server.stop() }
  var settings = settings
  settings.filters.append(server.socket.spec)
  let result = try await withMTA(kind, settings) { try await body($0, server) }
  #expect(server.stop() == 0)
  #expect(server.complaints.count == complaints, "\(server.complaints)")
  return result
}

/// Starts filters that follow a play and an MTA that uses them, runs `body` with the MTA, and stops both.
func withFilter<Result>(
  _ kind: RealMTA.Kind, _ play: Play, _ settings: RealMTA.Settings = RealMTA.Settings(),
  _ body: (RealMTA, FilterServer) async throws -> Result
) async throws -> Result {
  try await withFilter(kind, settings, making: { play.makeFilter() }, body)
}
