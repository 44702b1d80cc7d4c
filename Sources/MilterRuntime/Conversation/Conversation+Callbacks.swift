import Dispatch
import MilterCore
import MilterSystem

extension Conversation {
  /// Whether callbacks need nothing around them.
  private var isPlain: Bool { watch == nil && lock == nil && !timesCallbacks }

  /// Runs a callback that has a status.
  ///
  /// - Returns: nil if it is due.
  @inline(__always)
  func call(
    _ callback: MilterCallback, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> CallbackStatus? {
    note(callback, payload)
    // Without a closure, which would hold on to the conversation for every command.
    return isPlain
      ? try handler.run(callback, payload)
      : try run(callback) { try handler.run(callback, payload) }
  }

  /// Whether commands may take the short way: nothing looks at each of them.
  var isShort: Bool {
    watch == nil && !timesCallbacks && shadow == nil && logLevel < .debug
  }

  /// Runs a callback that has a status where ``isShort`` is true; see ``call(_:_:_:)``.
  @inline(__always)
  func callPlainly(
    _ callback: MilterCallback, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws(MilterError) -> CallbackStatus? {
    note(callback, payload)
    guard let lock else { return try handler.run(callback, payload) }
    beginTurn()
    lock.unlock()
    defer {
      lock.lock()
      endTurn()
    }
    return try handler.run(callback, payload)
  }

  /// Runs a callback.
  ///
  /// - Returns: what it returns, which is nil if it is due; then it is watched from now on.
  /// - Throws: what it throws, and an error if it ran longer than it may: the MTA has been answered
  ///   without it, and the caller must close the connection.
  func run<Value>(_ callback: MilterCallback, _ body: () throws -> Value?) throws -> Value? {
    presence?.enter(callback)
    if timesCallbacks { since = DispatchTime.now().uptimeNanoseconds }
    beginWatch(callback)
    beginTurn()
    lock?.unlock()
    let result = Result { try body() }
    lock?.lock()
    if case .success(nil) = result { return nil }
    try end(callback)
    return try result.get()
  }

  /// Starts watching a callback, if it has a limit.
  private func beginWatch(_ callback: MilterCallback) {
    guard let watch else { return }
    // What was answered before is not to wait for this callback, nor to be lost with it.
    try? flush()
    watch.begin(
      callback, isAnswered: session.expectsAnswer(to: callback),
      takesProgress: watch.keepsAlive && session.expectsAnswer(to: callback)
        && session.takesProgress,
      hasChanges: output.hasReleasedChanges, at: CoarseClock.nanoseconds, log: log)
  }

  private func end(_ callback: MilterCallback) throws {
    endTurn()
    if timesCallbacks {
      let time = DispatchTime.now().uptimeNanoseconds &- since
      counters?.count(callback, time: Int(clamping: time))
    }
    guard let overrun = watch?.end() else { return }
    if case .answered(let status) = overrun {
      session.wasAnswered(status)
      counters?.count(callback, status)
    }
    throw MilterError(.timedOut, "\(callback) has returned too late; its result is dropped")
  }

  // MARK: Answers

  /// Sends the answer for a callback that ran, and returns the next step.
  func answer(_ callback: MilterCallback, _ status: CallbackStatus) -> SessionStep {
    let step = reply(to: callback, status)
    // What eom follows was no answer.
    if case .call = step { return step }
    if let known = status.known { counters?.count(callback, known) }
    return step
  }

  /// Sends the reply for a status, and returns the next step.
  func reply(to callback: MilterCallback, _ status: CallbackStatus) -> SessionStep {
    takeBackTail()
    let tells = logLevel >= .info
    let isEnd = tells && session.isEndOfMessage
    let step =
      switch shadow == nil ? status : Shadow.answer(to: status, from: callback) {
      case .status(let status): session.answer(status, to: &output)
      case .number(let number): session.answer(number: number, to: &output)
      }
    // What eom follows was no answer.
    if case .call = step { return step }
    if shadow != nil, let status = status.known { tellShadow(callback, status) }
    if tells, let status = status.known, status.isVerdict || isEnd {
      log.about(callback, status).put(.info, .verdict, "\(callback): \(status)")
    }
    return step
  }

  func logCommand(_ frame: Frame) {
    let name = MTACommandCode(rawValue: frame.code).map { "\($0)" } ?? "unknown byte"
    log.put(.debug, .command, "\(name), \(frame.payload.count) bytes")
  }

  func agree(_ status: CallbackStatus, _ options: MilterOptions) throws(MilterError) {
    switch status {
    case .status(let status): try session.agree(status, options, to: &output)
    case .number(let number): try session.agree(number, options, to: &output)
    }
    input.maximumPayload = session.maximumPayload
  }

  /// A callback begins on the thread that serves the connection.
  private func beginTurn() {
    counters?.beginCallback()
    isInTurn = true
  }

  /// The callback has returned, or suspended.
  func endTurn() {
    guard isInTurn else { return }
    counters?.endCallback()
    isInTurn = false
  }

  // MARK: Callbacks that run in a task

  /// Leaves a callback to a task.
  func leave(_ callback: MilterCallback) -> Progress {
    due = callback
    return .due
  }

  /// Runs the callback that is due, in a task that begins on the calling thread.
  ///
  /// - Parameter proceed: what ``SessionHandler/runDue(on:_:)`` takes.
  /// - Returns: how the task left the thread.
  func runDue(_ proceed: @escaping () -> Bool) -> DueEnd {
    guard let handler else { return .nothingDue }
    let end = handler.runDue(on: executor, proceed)
    if case .suspended = end { flushBeforeWait() }
    return end
  }

  /// Whether the suspended callback is of no use once the MTA has left or aborted the message.
  ///
  /// `abort` and `close` remain useful: they report that end to the filter.
  var isUselessWithoutMTA: Bool {
    due != nil && due != .abort && due != .close
  }

  /// Returns the next step after a callback that ran in a task and has ended.
  @inline(__always)
  func next(after callback: MilterCallback, _ handler: any SessionHandler) throws -> SessionStep {
    let result: DueResult
    do {
      result = try handler.result()
    } catch {
      try end(callback)
      throw error
    }
    try end(callback)
    switch (callback, result) {
    case (.abort, _), (.close, _): return session.resume()
    case (.negotiate, .wish(let status, let wanted)):
      try agree(.status(status), wanted)
      return .done
    case (_, .status(let status)): return answer(callback, .status(status))
    default:
      guard callback != .negotiate, !session.expectsAnswer(to: callback) else {
        throw SocketError(.disconnected, "the MTA left while \(callback) was suspended")
      }
      // The message it was about has been aborted, which is what comes next.
      return reply(to: callback, .status(.continue))
    }
  }

  // MARK: What others see

  /// Shows other threads which callback is about to be called, and for which client.
  @inline(__always)
  private func note(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    presence?.enter(callback)
    switch callback {
    case .connect: presence?.meet(payload)
    case .envfrom, .envrcpt:
      // Most MTAs know the queue ID later; the log of a task has it as early as that of the filter.
      if !isNamed, message != nil { nameMessage() }
    case .data, .header, .eoh, .body: if !isNamed { nameMessage() }
    // A filter that sees no envelope may have found that of the message before.
    case .eom: if !isNamed || message != nil { nameMessage() }
    case .negotiate, .helo, .unknown, .abort, .close: break
    }
  }

  /// Looks for the queue ID: once a message, and again and again for the log of a task.
  private func nameMessage() {
    guard session.hasBegunMessage else { return }
    if let queueIDPlace, session.isCurrent(queueIDPlace) { return }
    if let (id, place) = session.find("i"), !id.isEmpty {
      queueIDPlace = place
      isNamed = true
      presence?.name(id)
      message?.name(id)
    } else {
      isNamed = message == nil
    }
  }

  func unnameMessage() {
    if isNamed { presence?.name([]) }
    isNamed = false
    queueIDPlace = nil
  }
}
