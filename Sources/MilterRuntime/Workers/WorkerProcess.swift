import MilterSystem

/// A worker process, for its supervisor.
struct WorkerProcess: Sendable {
  enum Phase {
    /// The worker is starting.
    case starting
    case serving
    /// The worker is ending its last messages.
    case stopping
  }

  /// The index of its slot.
  let slot: Int
  let child: ChildProcess
  let channel: Socket
  let began = CoarseClock.nanoseconds
  var phase = Phase.starting
  /// The time when it is killed if it has not ended; `nil` if it was not stopped, or is already killed.
  var killAt: UInt64?
  /// The time of the last report that its engine is alive.
  var lastSign = CoarseClock.nanoseconds
  /// Whether it was asked for statistics and has not answered.
  var isAsked = false
  private var lines = LineBuffer()
  /// Commands that the worker has not read yet, because it may be stopped.
  private var outgoing: [UInt8] = []

  /// The number of waiting bytes above which questions are dropped.
  private static let mostWaiting = 4096

  init(slot: Int, child: ChildProcess, channel: Socket) {
    self.slot = slot
    self.child = child
    self.channel = channel
  }

  /// Its name in the log.
  var name: String { "worker \(slot + 1) (process \(child.number))" }

  /// Reads its messages.
  ///
  /// - Returns: The messages, and the state of the channel.
  mutating func read() -> (messages: [WorkerMessage], rest: ChannelRest) {
    let (text, rest) = channel.readLines(into: &lines)
    return (text.compactMap { WorkerMessage(line: $0) }, rest)
  }

  /// Writes a command as soon as the worker can read it.
  mutating func send(_ command: WorkerCommand) {
    outgoing += Array((command.line + "\n").utf8)
    flush()
  }

  /// Writes a question, unless too many commands are waiting.
  ///
  /// - Returns: Whether the question was written.
  mutating func ask(_ question: WorkerCommand) -> Bool {
    guard outgoing.count < Self.mostWaiting else { return false }
    send(question)
    return true
  }

  /// Writes waiting commands.
  mutating func flush() {
    guard !outgoing.isEmpty else { return }
    // If the worker has ended, the end of the channel shows it.
    let written = (try? channel.writeAvailable(outgoing.span)) ?? outgoing.count
    outgoing.removeFirst(written)
  }
}
