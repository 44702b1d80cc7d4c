import MilterSystem

/// A worker that was started, as its supervisor sees it.
struct WorkerProcess: Sendable {
  enum Phase {
    /// It gets ready.
    case starting
    case serving
    /// It ends its last messages.
    case stopping
  }

  /// The slot that it fills, from 0.
  let slot: Int
  let child: ChildProcess
  let channel: Socket
  let began = CoarseClock.nanoseconds
  var phase = Phase.starting
  /// When it is killed if it has not ended; nil if it has not been told to stop, or is killed already.
  var killAt: UInt64?
  /// When its engine was last known to be alive.
  var lastSign = CoarseClock.nanoseconds
  /// Whether statistics were asked for and have not come.
  var isAsked = false
  private var lines = LineBuffer()
  /// Commands that the worker has not read yet; it may stand still.
  private var outgoing: [UInt8] = []

  /// The number of bytes of commands that may wait before questions are dropped.
  private static let mostWaiting = 4096

  init(slot: Int, child: ChildProcess, channel: Socket) {
    self.slot = slot
    self.child = child
    self.channel = channel
  }

  /// Its name in the log.
  var name: String { "worker \(slot + 1) (process \(child.number))" }

  /// Reads what it has written.
  ///
  /// - Returns: the messages, and what is left.
  mutating func read() -> (messages: [WorkerMessage], rest: ChannelRest) {
    let (text, rest) = channel.readLines(into: &lines)
    return (text.compactMap { WorkerMessage(line: $0) }, rest)
  }

  /// Writes a command, as soon as the worker takes it.
  mutating func send(_ command: WorkerCommand) {
    outgoing += Array((command.line + "\n").utf8)
    flush()
  }

  /// Writes a question, unless too many commands already wait for the worker.
  ///
  /// - Returns: whether it is written.
  mutating func ask(_ question: WorkerCommand) -> Bool {
    guard outgoing.count < Self.mostWaiting else { return false }
    send(question)
    return true
  }

  /// Writes commands that wait.
  mutating func flush() {
    guard !outgoing.isEmpty else { return }
    let written = outgoing.withUnsafeBytes { bytes in
      Result { () throws(SocketError) in try channel.writeAvailable(bytes) }
    }
    // If the worker is gone, the channel's end shows it.
    outgoing.removeFirst((try? written.get()) ?? outgoing.count)
  }
}
