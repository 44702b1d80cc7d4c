import MilterSystem

/// A worker's end of the channel to its supervisor.
package final class WorkerLink: Sendable {
  /// The worker's number.
  package let number: Int
  private let channel: Socket
  private let readiness: Readiness
  private let thread: EventThread
  /// Used only by the thread.
  private let lines = SystemMutex(LineBuffer())
  /// A lock, so that messages are sent one after the other.
  private let turn = SystemMutex(())
  private let obey = SystemMutex<(@Sendable (WorkerCommand) -> Void)?>(nil)

  /// Creates a link, which does not read commands yet.
  ///
  /// - Throws: An error if the system has no descriptor left.
  init(_ channel: Socket, number: Int) throws(SocketError) {
    self.channel = channel
    self.number = number
    readiness = try Readiness()
    thread = try EventThread(waitingFor: readiness)
  }

  /// Starts reading commands.
  ///
  /// - Parameter obey: Called with each command, on the link's thread. The end of the supervisor counts as the
  ///   command to stop.
  /// - Throws: An error if the system has no thread left.
  func start(_ obey: @escaping @Sendable (WorkerCommand) -> Void) throws(SocketError) {
    self.obey.withLock { $0 = obey }
    try thread.start(ready: { [self] _ in read() })
    try readiness.wait(for: .news, of: channel.descriptor, token: 0)
  }

  /// Stops reading commands; questions that have arrived are answered.
  func stop() {
    thread.end()
    thread.waitUntilEnded()
    obey.withLock { $0 = nil }
  }

  /// Sends a message to the supervisor, from any thread.
  func tell(_ message: WorkerMessage) {
    let bytes = Array((message.line + "\n").utf8)
    turn.withLock { _ in
      // If the supervisor has ended, the thread notices it.
      _ = bytes.withUnsafeBytes { bytes in
        Result { () throws(SocketError) in try channel.write(all: bytes) }
      }
    }
  }

  private func read() {
    guard let obey = obey.withLock({ $0 }) else { return }
    let (commands, rest) = lines.withLock { lines in
      let (text, rest) = channel.readLines(into: &lines)
      return (text.compactMap { WorkerCommand(line: $0) }, rest)
    }
    for command in commands { obey(command) }
    switch rest {
    case .nothingNow: break
    case .more: try? readiness.wait(for: .news, of: channel.descriptor, token: 0)
    case .end:
      readiness.ignore(channel.descriptor)
      obey(.stop)
    }
  }
}

/// The state of a channel after its lines were read.
enum ChannelRest {
  /// No more bytes have arrived.
  case nothingNow
  /// More bytes have arrived, and must be read in another turn.
  case more
  /// The channel has ended.
  case end
}

extension Socket {
  /// The maximum number of reads of 16 KiB in one turn, so that a flooded channel does not block others.
  private static let mostReads = 4

  /// Reads the bytes that have arrived, without waiting.
  ///
  /// - Returns: The complete lines, and the state of the channel.
  func readLines(into buffer: inout LineBuffer) -> (lines: [String], rest: ChannelRest) {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    var lines: [String] = []
    for _ in 0..<Self.mostReads where !buffer.isTooLong {
      let result = bytes.withUnsafeMutableBytes { bytes in
        Result { () throws(SocketError) in try readAvailable(into: bytes) }
      }
      switch result {
      case .success(.bytes(let count)): lines += buffer.add(bytes[..<count])
      case .success(.wouldBlock): return (lines, .nothingNow)
      case .success(.endOfStream), .failure: return (lines, .end)
      }
    }
    return (lines, buffer.isTooLong ? .end : .more)
  }
}
