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
  private let turn = SystemLock()
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
  func start(_ obey: @escaping @Sendable (WorkerCommand) -> Void) throws {
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
    turn.withLock {
      // If the supervisor has ended, the thread notices it.
      try? channel.write(all: bytes.span)
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
