import Dispatch
import MilterCore
import MilterSystem

/// Carries the commands of one connection to its filter, and the answers back.
///
/// It is the only caller of callbacks. Everything between a frame and a callback that needs no
/// filter is ``MilterCore/FilterSession``'s business.
final class SessionDriver {
  /// How far the work on a connection has come.
  enum Progress {
    /// Everything that came is done with.
    case done
    /// A callback suspended; ``resume()`` goes on once it has ended.
    case suspended
    /// The connection is to end.
    case over
  }

  let context: MilterContext
  /// How many commands were worked on.
  @exclusivity(unchecked) private(set) var commandCount = 0

  private let handler: any SessionHandler
  /// Tells other threads what is going on; nil if there are none.
  private let presence: Presence?
  /// Whether others know the queue ID of the message.
  @exclusivity(unchecked) private var isNamed = false
  /// Whether a message began whose end the filter has not been told of.
  @exclusivity(unchecked) private var hasMessage = false
  /// The callback that suspended.
  @exclusivity(unchecked) private var suspended: SuspensionPoint?
  /// Asked before a line is made: that costs much even if it is not written.
  private let logLevel: MilterLogLevel
  /// Whether the time of each callback is counted.
  private let timesCallbacks: Bool
  /// Whether callbacks need nothing around them.
  private var isPlain: Bool { context.watch == nil && context.lock == nil && !timesCallbacks }
  /// When the callback under way began, in nanoseconds, if times are counted.
  @exclusivity(unchecked) private var since: UInt64 = 0

  /// Makes the driver of a connection, by whose number the log knows it.
  init(
    _ handler: any SessionHandler, sink: any ReplySink, decoder: FrameDecoder, connection: Int,
    configuration: MilterConfiguration, watch: CallbackWatch?,
    presence: Presence? = nil, threads: any CallbackThreads,
    counters: ServerCounters? = nil
  ) {
    self.handler = handler
    self.presence = presence
    timesCallbacks = counters?.timesCallbacks ?? false
    var log = configuration.log
    logLevel = log.level
    log.subject = LogSubject(name: handler.name, connection: connection)
    context = MilterContext(
      sink, decoder: decoder,
      session: FilterSession(callbacks: handler.callbacks, rules: handler.rules), log: log,
      patience: configuration.timeout, mostHeld: configuration.maxHeldChanges, watch: watch,
      onError: configuration.onError, requestStop: configuration.requestStop,
      threads: threads, serverCounters: counters)
    if configuration.shadow { context.shadow = Shadow() }
    handler.attach(to: context)
  }

  /// Works on the frames that have come, and sends the replies to all of them at once.
  ///
  /// Frames are left where they are once the MTA takes no more replies.
  func work() throws -> Progress {
    context.lock?.lock()
    defer { context.lock?.unlock() }
    var progress = Progress.done
    var wasBlocked = false
    // It is not filled again before the frames in it are done with.
    let buffer = context.decoder.storage
    repeat {
      do {
        while progress == .done, !context.isBlocked, let frame = try context.decoder.next() {
          progress = try handle(frame, buffer.span.extracting(frame.payload))
          // A burst of short commands may have answers of any size.
          if progress == .done { try context.flushIfLarge() }
        }
      } catch {
        // What the filter has answered before must reach the MTA all the same.
        try? context.flush()
        throw error
      }
      if progress == .suspended { return flushBeforeWait() }
      presence?.end()
      wasBlocked = context.isBlocked
      try context.flushOrConfirm()
      // If the MTA has taken the replies meanwhile, nothing else would come back to the frames left.
    } while progress == .done && wasBlocked && !context.isBlocked
    return progress
  }

  /// Goes on after a callback that suspended and has ended.
  func resume() throws -> Progress {
    guard let frame = context.current, let suspended else { return .done }
    self.suspended = nil
    let buffer = context.decoder.storage
    do {
      let progress = try concluding {
        try goOn(after: suspended, buffer.span.extracting(frame.payload))
      }
      if progress == .suspended { return flushBeforeWait() }
      if progress == .over {
        try context.flush()
        return progress
      }
    } catch {
      try? context.flush()
      throw error
    }
    return try work()
  }

  private func handle(_ frame: Frame, _ payload: Span<UInt8>) throws -> Progress {
    context.current = frame
    if logLevel >= .debug {
      let name = MTACommandCode(rawValue: frame.code).map { "\($0)" } ?? "unknown byte"
      context.log.put(.debug, .command, "\(name), \(frame.payload.count) bytes")
    }
    return try concluding {
      let wasInMessage = context.session.isInMessage
      let step = context.session.receive(frame.code, payload)
      return try take(step, wasInMessage: wasInMessage, payload)
    }
  }

  /// Works on a command, and leaves it unless a callback suspended.
  @inline(__always)
  private func concluding(_ body: () throws -> Progress) throws -> Progress {
    do {
      let progress = try body()
      if progress != .suspended {
        conclude()
        commandCount &+= 1
      }
      return progress
    } catch {
      conclude()
      throw error
    }
  }

  private func conclude() {
    // A message ends with the answer to one of its commands, if not by abort.
    if hasMessage, !context.session.hasMessage { endMessage() }
    context.current = nil
  }

  private func take(
    _ first: SessionStep, wasInMessage: Bool, _ payload: Span<UInt8>
  ) throws -> Progress {
    var step = first
    var wasInMessage = wasInMessage
    while case .abort = step {
      if wasInMessage { context.counters?.add(to: .abortedMessages) }
      wasInMessage = false
      guard try run(.abort, { handler.abort() ? () : nil }) != nil else { return suspend(.abort) }
      endMessage()
      step = context.session.resume()
    }
    if !wasInMessage { beginMessage(step) }
    switch step {
    case .none, .abort: return .done
    case .negotiate:
      let offered = try context.session.offer(payload)
      guard let (status, wanted) = try run(.negotiate, { try handler.negotiate(offered) }) else {
        return suspend(.negotiate)
      }
      try context.agree(status, wanted)
      return .done
    case .call(let callback): return try call(callback, payload)
    case .acknowledge(let callback):
      if callback == .connect { presence?.meet(payload) }
      handler.pass(callback, payload)
      return answer(callback, MilterStatus.continue.rawValue)
    case .newConnection:
      guard try run(.close, { handler.close() ? () : nil }) != nil else {
        return suspend(.clientClose)
      }
      context.session.endClient()
      return .done
    case .quit: return .over
    case .fail(let error): throw error
    }
  }

  private func call(_ callback: MilterCallback, _ payload: Span<UInt8>) throws -> Progress {
    if let presence { note(callback, payload, presence) }
    if callback == .eom, !payload.isEmpty, context.session.wants(.body) {
      // The last chunk came with the end.
      guard let status = try run(.body, { try handler.run(.body, payload) }) else {
        return suspend(.lastBody)
      }
      return try afterLastBody(status, payload)
    }
    // Without a closure, which would hold on to the driver for every command.
    let status =
      isPlain
      ? try handler.run(callback, payload)
      : try run(callback) { try handler.run(callback, payload) }
    guard let status else { return suspend(.callback(callback)) }
    return returned(callback, status)
  }

  /// Only a verdict leaves eom out; libmilter answers twice then, and not at all to noreply.
  private func afterLastBody(_ status: Int32, _ payload: Span<UInt8>) throws -> Progress {
    if MilterStatus(rawValue: status)?.isVerdict ?? true { return returned(.eom, status) }
    guard context.session.wants(.eom) else {
      return returned(.eom, MilterStatus.continue.rawValue)
    }
    guard let status = try run(.eom, { try handler.run(.eom, payload) }) else {
      return suspend(.callback(.eom))
    }
    return returned(.eom, status)
  }

  private func returned(_ callback: MilterCallback, _ status: Int32) -> Progress {
    if let known = MilterStatus(rawValue: status) { context.counters?.count(callback, known) }
    return answer(callback, status)
  }

  /// Tells other threads which callback is about to be called, and for whom.
  @inline(__always)
  private func note(_ callback: MilterCallback, _ payload: Span<UInt8>, _ presence: Presence) {
    presence.enter(callback)
    switch callback {
    case .connect: presence.meet(payload)
    // An MTA knows the queue ID by then; it is looked for once a message.
    case .data, .header, .eoh, .body, .eom:
      guard !isNamed, hasMessage else { return }
      nameMessage()
      isNamed = true
    case .negotiate, .helo, .envfrom, .envrcpt, .unknown, .abort, .close: break
    }
  }

  private func nameMessage() {
    guard let id = context.session.symbols["i".utf8] else { return }
    isNamed = true
    presence?.name(id)
  }

  // MARK: Callbacks that suspend

  private func suspend(_ place: SuspensionPoint) -> Progress {
    suspended = place
    if hasMessage { nameMessage() }
    return .suspended
  }

  /// Whether the callback that suspended is of no use once the MTA has left or given up the message.
  ///
  /// Those that tell the filter of such an end are.
  var isUselessWithoutMTA: Bool {
    switch suspended {
    case .negotiate, .lastBody, .callback: true
    case .abort, .clientClose, .lastAbort, .lastClose, nil: false
    }
  }

  /// Sends the replies that are ready before the connection waits for a callback.
  ///
  /// The connection must not end while the callback is under way: if the MTA is gone, the next thing
  /// that is sent says so again.
  private func flushBeforeWait() -> Progress {
    try? context.flushOrConfirm()
    return .suspended
  }

  private func goOn(after place: SuspensionPoint, _ payload: Span<UInt8>) throws -> Progress {
    let result = try result(of: place.callback)
    switch (place, result) {
    case (.abort, _):
      endMessage()
      return try take(context.session.resume(), wasInMessage: false, payload)
    case (.negotiate, .wish(let status, let wanted)):
      try context.agree(status, wanted)
      return .done
    case (.lastBody, .status(let status)): return try afterLastBody(status, payload)
    case (.callback(let callback), .status(let status)): return returned(callback, status)
    case (.clientClose, _):
      context.session.endClient()
      return .done
    case (.lastBody, _), (.callback, _), (.negotiate, _), (.lastAbort, _), (.lastClose, _):
      return try canceled(place)
    }
  }

  /// The result of a callback that suspended.
  private func result(of callback: MilterCallback) throws -> SuspendedResult {
    let result = Result { try handler.result() }
    try end(callback)
    return try result.get()
  }

  private func canceled(_ place: SuspensionPoint) throws -> Progress {
    guard case .callback(let callback) = place, !context.session.expectsAnswer(to: callback) else {
      throw SocketError(.disconnected, "the MTA left while \(place.callback) was suspended")
    }
    // The message it was about has been aborted, which is what comes next.
    return answer(callback, MilterStatus.continue.rawValue)
  }

  // MARK: Around a callback

  /// Runs a callback.
  ///
  /// - Returns: what it returns, which is nil if it suspended; then it is watched all the same.
  /// - Throws: what it throws, and an error if it ran longer than it may: the MTA has been answered
  ///   without it, and the connection is to be closed.
  private func run<Value>(
    _ callback: MilterCallback, _ body: () throws -> Value?
  ) throws -> Value? {
    presence?.enter(callback)
    begin(callback)
    let counters = context.counters
    counters?.beginCallback()
    context.lock?.unlock()
    let result = Result { try body() }
    context.lock?.lock()
    counters?.endCallback()
    if case .success(nil) = result { return nil }
    try end(callback)
    return try result.get()
  }

  private func begin(_ callback: MilterCallback) {
    if timesCallbacks { since = DispatchTime.now().uptimeNanoseconds }
    context.beginWatch(callback)
  }

  private func end(_ callback: MilterCallback) throws {
    if timesCallbacks {
      let time = DispatchTime.now().uptimeNanoseconds &- since
      context.counters?.count(callback, time: Int(clamping: time))
    }
    guard let overrun = context.watch?.end() else { return }
    if case .answered(let status) = overrun {
      context.forgetAnswer(callback, status)
      context.counters?.count(callback, status)
    }
    throw MilterError(.timedOut, "\(callback) has returned too late; its result is dropped")
  }

  // MARK: Messages and the end

  /// Begins a message with the first of its steps that the filter is sent, which may be its end.
  private func beginMessage(_ step: SessionStep) {
    switch step {
    case .call, .acknowledge:
      guard context.session.hasMessage else { return }
      context.counters?.add(to: .messages)
      hasMessage = true
      handler.messageBegan()
    case .none, .abort, .negotiate, .newConnection, .quit, .fail: break
    }
  }

  private func endMessage() {
    guard hasMessage else { return }
    hasMessage = false
    if isNamed { presence?.name([]) }
    isNamed = false
    handler.messageEnded()
  }

  private func answer(_ callback: MilterCallback, _ status: Int32) -> Progress {
    let (goesOn, mistake) = context.answer(callback, status)
    if let mistake {
      context.counters?.count(.filter)
      context.log.put(.error, .answer, "\(mistake)")
    }
    if logLevel >= .info, let status = MilterStatus(rawValue: status),
      status.isVerdict || callback == .eom
    {
      context.log.put(.info, .verdict, "\(callback): \(status)")
    }
    return goesOn ? .done : .over
  }

  /// Tells the filter that the connection ended.
  ///
  /// - Returns: whether that is done; if a callback suspended, call it again once that has ended.
  func end() -> Bool {
    context.lock?.lock()
    defer { context.lock?.unlock() }
    var needsAbort = context.session.isInMessage
    presence?.begin()
    if let suspended {
      self.suspended = nil
      _ = try? result(of: suspended.callback)
      if case .lastClose = suspended { return finish() }
      needsAbort = false
    }
    if needsAbort {
      context.counters?.add(to: .abortedMessages)
      guard hasEnded(.abort, { handler.abort() }) else {
        suspended = .lastAbort
        return false
      }
    }
    endMessage()
    guard hasEnded(.close, { handler.close() }) else {
      suspended = .lastClose
      return false
    }
    return finish()
  }

  private func hasEnded(_ callback: MilterCallback, _ body: () -> Bool) -> Bool {
    do {
      return try run(callback) { body() ? () : nil } != nil
    } catch {
      return true
    }
  }

  private func finish() -> Bool {
    // A C filter can still change the message it has just accepted, to no effect.
    try? context.flush()
    return true
  }
}
