import MilterCore
import MilterSystem

/// Looks after the callbacks of one connection while its thread is busy with them.
///
/// The connection's thread reports when a callback begins and ends. The engine's timer lets the watch look
/// at the clock. The watch sends progress packets to the MTA, and answers in place of a callback that
/// exceeds its time limit.
///
/// One lock decides who answers: the callback, if it ends before its time was seen to be over, and
/// the watch otherwise. Whatever is sent while a callback runs is sent under that lock and without
/// waiting, so nothing comes between the parts of a frame.
final class CallbackWatch: Sendable {
  /// How a callback ended whose time was over before.
  enum Overrun {
    /// This was answered in its place.
    case answered(MilterStatus)
    /// The MTA could not be answered: it expects no reply here, or has not taken the last one.
    case cut
  }

  /// The output that may be sent next.
  enum Next {
    case anything
    /// A piece of this tail of the new body, which any other sign of life would end.
    case body(ByteWriter)
    /// No sign of life.
    case verdict
    /// Nothing but the rest of a frame that went out in part.
    case rest
  }

  private struct Run {
    let callback: MilterCallback
    let since: UInt64
    let isAnswered: Bool
    let log: MilterLog
    /// Whether its time was seen to be over.
    var isOverdue = false
    var deadline: UInt64
    var keepalive: UInt64
  }

  private struct State {
    var run: Run?
    var next = Next.anything
    /// The number of pieces of the body's tail that were sent as signs of life.
    var pieces = 0
    /// Whether the MTA has changes that an accept would put into force.
    var hasChanges = false
    /// How the connection was ended; nothing may be sent any more.
    var end: Overrun?
  }

  private let state = SystemMutex(State())
  private let socket: Socket
  private let limits: CallbackLimits

  /// Whether signs of life are sent.
  var keepsAlive: Bool { limits.keepalive != nil }

  init(_ socket: Socket, _ limits: CallbackLimits) {
    self.socket = socket
    self.limits = limits
  }

  // MARK: On the connection's thread

  /// A callback begins.
  ///
  /// - Parameters:
  ///   - callback: which one.
  ///   - isAnswered: whether the MTA waits for a reply to it.
  ///   - takesProgress: whether the MTA understands a sign of life here.
  ///   - hasChanges: whether the MTA has changes of this message.
  ///   - now: the time, by ``/MilterSystem/CoarseClock``.
  ///   - log: Gets a line when the time is over.
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

  /// The callback has returned.
  ///
  /// - Returns: nil if that was in time, so that it is the one to answer.
  func end() -> Overrun? {
    state.withLock { state in
      state.run = nil
      return state.end
    }
  }

  /// Sends something, unless the MTA has been answered without the callback.
  ///
  /// - Parameters:
  ///   - changes: whether changes to the message are among it.
  ///   - write: writes without waiting, and returns what may be sent next.
  /// - Throws: what `write` throws, and ``/MilterCore/MilterError/Code/timedOut``.
  func send(changes: Bool, _ write: () throws(SocketError) -> Next) throws {
    try state.withLock { state throws in
      if state.end != nil { throw Self.tooLate }
      state.hasChanges = state.hasChanges || changes
      state.next = .rest
      state.next = try write()
    }
  }

  /// Takes the tail of the body back, so that no more of it is sent as signs of life.
  ///
  /// - Returns: the number of pieces that were sent.
  func takeBackTail() -> Int {
    state.withLock { state in
      if case .body = state.next { state.next = .verdict }
      defer { state.pieces = 0 }
      return state.pieces
    }
  }

  /// Whether the MTA has been answered without the callback.
  var isOver: Bool { state.withLock { $0.end } != nil }

  /// Whether the time of the callback under way was seen to be over.
  var isOverdue: Bool { state.withLock { $0.run?.isOverdue ?? false } }

  /// Throws if the MTA has been answered without the callback.
  func checkTime() throws(MilterError) {
    if isOver { throw Self.tooLate }
  }

  private static let tooLate = MilterError(
    .timedOut, "the callback ran longer than it may, and the MTA was answered without it")

  // MARK: On the timer's thread

  /// Does what is due.
  ///
  /// - Returns: whether the callback's time is over since this was last asked.
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
      case .answered(let status): "; \(status) is answered in its place"
      case .cut: "; its connection is cut"
      case nil: ""
      }
    let time = Duration.nanoseconds(Int64(clamping: now &- run.since)).rounded
    let verdict: MilterStatus? = if case .answered(let status) = end { status } else { nil }
    run.log.about(run.callback, verdict).put(
      .error, .overrun, "\(run.callback) has not returned after \(time)\(consequence)")
    return true
  }

  private func answer(_ run: Run, _ state: State) -> Overrun {
    guard run.isAnswered else { return cut() }
    if case .rest = state.next { return cut() }
    // An accept would put half of the changes into force.
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

  /// The MTA is to see at once that it waits in vain.
  private func cut() -> Overrun {
    try? socket.shutdown()
    return .cut
  }

  private enum Sent {
    case whole
    case partly
    /// The MTA takes nothing, or is gone; the connection's thread will see.
    case nothing
  }

  private func send(_ bytes: [UInt8]) -> Sent {
    let count = (try? bytes.withUnsafeBytes { try socket.writeAvailable($0) }) ?? 0
    return count == bytes.count ? .whole : count == 0 ? .nothing : .partly
  }
}
