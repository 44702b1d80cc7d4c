import MilterCore
import MilterSystem

/// Connections that ended before the first command of the milter protocol: health checks, port scanners, web
/// browsers.
///
/// There may be thousands of them, so they are counted, and the log has a line from time to time.
struct Strangers: Sendable {
  /// Counts the connections that the peer closed.
  private let silent: CountedLine
  /// Counts the connections that the server closed because of their bytes or their time.
  private let closed: CountedLine

  init(_ server: String, _ log: MilterLog) {
    silent = CountedLine(log, .info) { "\(server): \($0) connections ended without a command" }
    closed = CountedLine(log, .warning) { "\(server): \($0) connections by non-MTAs were closed" }
  }

  /// Whether an error at the first command shows that the peer is not an MTA.
  static func areMeant(by error: any Error) -> Bool {
    switch (error as? MilterError)?.code {
    case .invalidFrameLength?, .unknownCommand?, .malformedCommand?: true
    case nil: error is SocketError
    default: false
    }
  }

  /// Whether the first bytes of a peer begin an HTTP request, as load balancers send it for health checks.
  static func areHTTP(_ bytes: [UInt8]) -> Bool {
    ["GET ", "HEAD ", "OPTIONS "].contains { bytes.starts(with: $0.utf8) }
  }

  /// Notes that a peer has closed its connection.
  func left() { silent.count() }

  /// Notes that the server closes a connection.
  func close(_ reason: @autoclosure () -> String) { closed.count(reason()) }

  /// Writes the lines that are due; must be called regularly.
  func writeIfDue() {
    silent.writeIfDue()
    closed.writeIfDue()
  }

  /// Writes the remaining lines at the end.
  func writeNow() {
    silent.writeNow()
    closed.writeNow()
  }
}
