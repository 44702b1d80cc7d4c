import MilterCore
import MilterMTA
import MilterSystem
import MilterProcessFixtures

/// An MTA's connection to a filter: a session's bytes, carried over a socket.
final class FilterConnection {
  private let filter: RunningFilter
  private let socket: Socket
  private var session = MTASession()

  /// Connects to a filter, which lives at least as long as the connection.
  init(to filter: RunningFilter) throws {
    self.filter = filter
    socket = try Socket.connect(to: SocketSpec(filter.socket), milliseconds: 30_000)
    try socket.setReceiveTimeout(milliseconds: 60_000)
    try socket.setSendTimeout(milliseconds: 60_000)
  }

  /// What was agreed with the filter.
  var negotiated: MilterNegotiation? { session.negotiated }

  /// Sends a message and returns what came of it.
  func deliver(_ mail: MTAMail) throws -> MTAOutcome {
    session.send(mail)
    while true {
      if let outcome = session.outcome { return outcome }
      try write()
      var buffer = [UInt8](repeating: 0, count: 65_536)
      switch try buffer.withUnsafeMutableBytes({ try socket.read(into: $0) }) {
      case .bytes(let count): session.receive(buffer[..<count])
      case .endOfStream: session.endOfStream()
      case .wouldBlock: throw HarnessError("the filter said nothing for a minute")
      }
    }
  }

  /// Ends the connection.
  func quit() throws {
    session.quit()
    try write()
    socket.close()
  }

  private func write() throws {
    let bytes = session.takeOutput()
    try bytes.withUnsafeBytes { try socket.write(all: $0) }
  }
}
