import Dispatch
import MilterCore
import MilterSystem

extension Conversation {
  /// Whether callbacks run without a watch, a lock, or measurements.
  private var isPlain: Bool { watch == nil && lock == nil && !timesCallbacks }

  /// Runs a callback that returns a status.
  ///
  /// - Returns: The status; `nil` if the callback is due.
  @inline(__always)
  func call(
    _ callback: MilterCallback, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws -> CallbackStatus? {
    presence?.enter(callback)
    note(callback, payload)
    // Without a closure, which would retain the conversation for every command.
    return isPlain
      ? try handler.run(callback, payload)
      : try run(callback) { try handler.run(callback, payload) }
  }

  /// Runs a callback that returns a status, if ``isShort`` is true; see ``call(_:_:_:)``.
  @inline(__always)
  func callPlainly(
    _ callback: MilterCallback, _ payload: Span<UInt8>, _ handler: any SessionHandler
  ) throws(MilterError) -> CallbackStatus? {
    presence?.enter(callback)
    if !isNamed { note(callback, payload) }
    lock?.unlock()
    defer { lock?.lock() }
    return try handler.run(callback, payload)
  }

  /// Runs a callback.
  ///
  /// - Returns: Its result; `nil` if the callback is due, and the watch then observes it.
  /// - Throws: An error of the callback, or an error if it exceeded its time: the MTA has got an answer without
  ///   it, and the caller must close the connection.
  func run<Value>(_ callback: MilterCallback, _ body: () throws -> Value?) throws -> Value? {
    presence?.enter(callback)
    if timesCallbacks { since = DispatchTime.now().uptimeNanoseconds }
    beginWatch(callback)
    lock?.unlock()
    let result = Result { try body() }
    lock?.lock()
    if case .success(nil) = result { return nil }
    try end(callback)
    return try result.get()
  }

  /// Starts watching a callback, if it has a time limit.
  private func beginWatch(_ callback: MilterCallback) {
    guard let watch else { return }
    // Earlier answers must not wait for this callback, and must not be lost with it.
    try? flush()
    watch.begin(
      callback, isAnswered: session.expectsAnswer(to: callback),
      takesProgress: watch.keepsAlive && session.expectsAnswer(to: callback)
        && session.takesProgress,
      hasChanges: output.hasReleasedChanges, at: CoarseClock.nanoseconds, log: log)
  }

  private func end(_ callback: MilterCallback) throws {
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

  /// Sends the answer of a callback, and returns the next step.
  func answer(_ callback: MilterCallback, _ status: CallbackStatus) -> SessionStep {
    let step = reply(to: callback, status)
    // If eom follows, this was not an answer.
    if session.isAnswerOwed { return step }
    if let known = status.known { counters?.count(callback, known) }
    return step
  }

  /// Sends the reply for a status, and returns the next step.
  func reply(to callback: MilterCallback, _ status: CallbackStatus) -> SessionStep {
    takeBackTail()
    let tells = logsInfo
    let isEnd = tells && session.isEndOfMessage
    let step =
      switch shadow == nil ? status : Shadow.answer(to: status, from: callback) {
      case .status(let status): session.answer(status, to: &output)
      case .number(let number): session.answer(number: number, to: &output)
      }
    // If eom follows, this was not an answer.
    if session.isAnswerOwed { return step }
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

  /// Notes that the connection's thread begins to handle commands.
  ///
  /// The pool looks for threads that stay in the same turn, because a callback or the filter's initializer blocks.
  func beginTurn() { counters?.beginTurn() }

  /// Notes that the commands are handled, or a callback has suspended.
  func endTurn() { counters?.endTurn() }

  // MARK: Callbacks that run in a task

  /// Leaves a callback to a task.
  func leave(_ callback: MilterCallback) -> Progress {
    due = callback
    return .due
  }

  /// Runs the due callback in a task that begins on the calling thread.
  ///
  /// - Parameter proceed: The argument for ``SessionHandler/runDue(on:_:)``.
  /// - Returns: How the task left the thread.
  func runDue(_ proceed: @escaping () -> Bool) -> DueEnd {
    guard let handler else { return .nothingDue }
    let end = handler.runDue(on: executor, proceed)
    if case .suspended = end { flushBeforeWait() }
    return end
  }

  /// Whether the suspended callback is useless after the MTA has left or aborted the message.
  ///
  /// `abort` and `close` are still useful, because they report this to the filter.
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
      // The message has been aborted, and the abort is the next command.
      return reply(to: callback, .status(.continue))
    }
  }

  // MARK: What others see

  /// Sets the client and the message for other threads, at the callbacks where they become known.
  @inline(never)
  private func note(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    switch callback {
    case .connect, .helo: introduce(callback, payload)
    case .envfrom, .envrcpt:
      // Most MTAs send the queue ID later. The log of a task gets it as early as the filter does.
      if !isNamed, message != nil { nameMessage() }
    case .data, .header, .eoh, .body: if !isNamed { nameMessage() }
    // A filter without envelope callbacks may have found the queue ID of the previous message.
    case .eom: if !isNamed || message != nil { nameMessage() }
    case .negotiate, .unknown, .abort, .close: break
    }
  }

  /// Notes the client, from connect or HELO.
  func introduce(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    session.introduce(callback, payload)
    if callback == .connect { presence?.meet(session.introduction.connect) }
  }

  /// Looks for the queue ID: once for each message, and repeatedly for the log of a task.
  @inline(never)
  private func nameMessage() {
    guard session.hasBegunMessage else { return }
    if let queueIDPlace, session.isCurrent(queueIDPlace) { return }
    isNamed = message == nil
    session.read("i") { id, place in
      guard !id.isEmpty else { return }
      queueIDPlace = place
      isNamed = true
      presence?.name(id)
      message?.name(id.bytes(in: id.indices))
    }
  }

  func unnameMessage() {
    if isNamed { presence?.unname() }
    isNamed = false
    queueIDPlace = nil
  }
}
