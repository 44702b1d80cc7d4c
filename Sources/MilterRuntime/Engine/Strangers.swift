import MilterCore
import MilterSystem

/// Connections that ended before a single command of the milter protocol came: health checks, port
/// scanners, web browsers.
///
/// There may be thousands of them, so they are counted and cost a line of the log now and then.
struct Strangers: Sendable {
  /// Counts those that ended by themselves.
  private let silent: CountedLine
  /// Counts those that were closed for what they sent, or for the time they took.
  private let closed: CountedLine

  init(_ server: String, _ log: MilterLog) {
    silent = CountedLine(log, .info) { "\(server): \($0) connections ended without a command" }
    closed = CountedLine(log, .warning) { "\(server): \($0) connections of no MTA were closed" }
  }

  /// Whether an error at the first command shows that the peer is no MTA.
  static func areMeant(by error: any Error) -> Bool {
    switch (error as? MilterError)?.code {
    case .invalidFrameLength?, .unknownCommand?, .malformedCommand?: true
    case nil: error is SocketError
    default: false
    }
  }

  /// Whether the first bytes of a peer begin a request that load balancers check servers with.
  static func areHTTP(_ bytes: [UInt8]) -> Bool {
    ["GET ", "HEAD ", "OPTIONS "].contains { bytes.starts(with: $0.utf8) }
  }

  /// A connection ended.
  func left() { silent.count() }

  /// A connection is closed for a reason.
  func close(_ reason: @autoclosure () -> String) { closed.count(reason()) }

  /// Writes the lines that are due; to be called now and then.
  func writeIfDue() {
    silent.writeIfDue()
    closed.writeIfDue()
  }

  /// Writes the lines at the end.
  func writeNow() {
    silent.writeNow()
    closed.writeNow()
  }
}
