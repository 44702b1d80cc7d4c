import MilterCore
import MilterSystem

/// Watches the callbacks of one connection while its thread runs them.
///
/// The connection's thread reports the start and the end of each callback. The engine's timer lets the watch
/// check the time. The watch sends progress packets to the MTA, and answers if a callback exceeds its time
/// limit.
///
/// One lock determines who answers: the callback, if it ends before the watch finds its time exceeded, and
/// otherwise the watch. While a callback runs, everything is sent under that lock and without waiting, so that
/// nothing comes between the parts of a frame.
final class CallbackWatch: Sendable {
  /// The effect of a callback that has exceeded its time.
  enum Overrun {
    /// The MTA got this answer instead.
    case answered(MilterStatus)
    /// The MTA got no answer: it expects no reply here, or has not read the last one.
    case cut
  }

  /// The output that may be sent next.
  enum Next {
    case anything
    /// A part of this tail of the new body, which any other packet would end.
    case body(ByteWriter)
    /// Only the verdict, and no progress packet.
    case verdict
    /// Only the rest of a frame that was sent in part.
    case rest
  }

  private struct Run {
    let callback: MilterCallback
    let since: UInt64
    let isAnswered: Bool
    let log: MilterLog
    /// Whether the callback was found to exceed its time.
    var isOverdue = false
    var deadline: UInt64
    var keepalive: UInt64
  }

  private struct State {
    var run: Run?
    var next = Next.anything
    /// The number of parts of the body's tail that were sent instead of progress packets.
    var pieces = 0
    /// Whether the MTA has changes that an accept would carry out.
    var hasChanges = false
    /// How the connection was ended, after which nothing may be sent.
    var end: Overrun?
  }

  private let state = SystemMutex(State())
  private let socket: Socket
  private let limits: CallbackLimits

  /// Whether progress packets are sent.
  var keepsAlive: Bool { limits.keepalive != nil }

  init(_ socket: Socket, _ limits: CallbackLimits) {
    self.socket = socket
    self.limits = limits
  }

  // MARK: On the connection's thread

  /// Notes that a callback begins.
  ///
  /// - Parameters:
  ///   - callback: The callback.
  ///   - isAnswered: Whether the MTA waits for a reply to it.
  ///   - takesProgress: Whether the MTA accepts a progress packet at this step.
  ///   - hasChanges: Whether the MTA has changes of this message.
  ///   - now: The time, by ``/MilterSystem/CoarseClock``.
  ///   - log: Gets a line if the time is exceeded.
  func begin(
    _ callback: MilterCallback, isAnswered: Bool, takesProgress: Bool, hasChanges: Bool,
    at now: UInt64, log: MilterLog
  ) {
    let run = Run(
      callback: callback, since: now, isAnswered: isAnswered, log: log,
      deadline: limits.budget(of: callback).map { now &+ $0 } ?? .max,
      keepalive: takesProgress ? limits.keepalive.map { now &+ $0 } ?? .max : .max)
    state.withLock { state in
      state.run = run
      state.hasChanges = hasChanges
    }
  }

  /// Notes that the callback has returned.
  ///
  /// - Returns: `nil` if it returned in time, so that its status is the answer.
  func end() -> Overrun? {
    state.withLock { state in
      state.run = nil
      return state.end
    }
  }

  /// Sends output, unless the MTA has got an answer without the callback.
  ///
  /// - Parameters:
  ///   - changes: Whether the output contains changes to the message.
  ///   - write: Writes without waiting, and returns the output that may be sent next.
  /// - Throws: An error of `write`, or ``/MilterCore/MilterError/Code/timedOut``.
  func send(changes: Bool, _ write: () throws(SocketError) -> Next) throws {
    try state.withLock { state throws in
      if state.end != nil { throw Self.tooLate }
      state.hasChanges = state.hasChanges || changes
      state.next = .rest
      state.next = try write()
    }
  }

  /// Takes the tail of the body back, so that the watch sends no more parts of it.
  ///
  /// - Returns: The number of parts that were sent.
  func takeBackTail() -> Int {
    state.withLock { state in
      if case .body = state.next { state.next = .verdict }
      defer { state.pieces = 0 }
      return state.pieces
    }
  }

  /// Whether the MTA has got an answer without the callback.
  var isOver: Bool { state.withLock { $0.end } != nil }

  /// Whether the current callback was found to exceed its time.
  var isOverdue: Bool { state.withLock { $0.run?.isOverdue ?? false } }

  /// Throws an error if the MTA has got an answer without the callback.
  func checkTime() throws(MilterError) {
    if isOver { throw Self.tooLate }
  }

  private static let tooLate = MilterError(
    .timedOut, "the callback exceeded its timeout, and the MTA was answered for it")

  // MARK: On the timer's thread

  /// Performs the actions that are due.
  ///
  /// - Returns: Whether the callback has exceeded its time since the last check.
  func look(at now: UInt64) -> Bool {
    let overdue = state.withLock { state -> (run: Run, end: Overrun?)? in
      guard let run = state.run else { return nil }
      if now >= run.deadline {
        state.run?.deadline = .max
        state.run?.isOverdue = true
        guard state.end == nil else { return (run, nil) }
        state.end = answer(run, state)
        return (run, state.end)
      }
      if now >= run.keepalive, let interval = limits.keepalive {
        state.run?.keepalive = now &+ interval
        if state.end == nil { sendSignOfLife(&state) }
      }
      return nil
    }
    guard let (run, end) = overdue else { return false }
    let consequence =
      switch end {
      case .answered(let status): "; \(status) is answered instead"
      case .cut: "; its connection is closed"
      case nil: ""
      }
    let time = CoarseClock.elapsed(since: run.since, at: now).rounded
    let verdict: MilterStatus? = if case .answered(let status) = end { status } else { nil }
    run.log.about(run.callback, verdict).put(
      .error, .overrun, "\(run.callback) has not returned after \(time)\(consequence)")
    return true
  }

  private func answer(_ run: Run, _ state: State) -> Overrun {
    guard run.isAnswered else { return cut() }
    if case .rest = state.next { return cut() }
    // An accept would carry out only some of the changes.
    let status = state.hasChanges && limits.fallback == .accept ? .tempfail : limits.fallback
    let reply: FilterReply =
      switch status {
      case .accept: .accept
      case .reject: .reject
      case .discard: .discard
      case .tempfail, .continue, .noreply, .skip, .allOptions: .tempfail
      }
    return send(reply.bytes) == .whole ? .answered(status) : cut()
  }

  private func sendSignOfLife(_ state: inout State) {
    switch state.next {
    case .anything: if send(FilterReply.progress.bytes) == .partly { state.end = cut() }
    case .body(var tail):
      guard let piece = tail.takeBodyPiece() else { return }
      switch send(piece) {
      case .whole:
        state.next = .body(tail)
        state.pieces += 1
      case .partly: state.end = cut()
      case .nothing: break
      }
    case .verdict, .rest: break
    }
  }

  /// Shuts the connection down, so that the MTA does not wait any longer.
  private func cut() -> Overrun {
    try? socket.shutdown()
    return .cut
  }

  private enum Sent {
    case whole
    case partly
    /// The MTA reads nothing, or has closed the connection; the connection's thread will notice.
    case nothing
  }

  private func send(_ bytes: [UInt8]) -> Sent {
    let count = (try? bytes.withUnsafeBytes { try socket.writeAvailable($0) }) ?? 0
    return count == bytes.count ? .whole : count == 0 ? .nothing : .partly
  }
}
