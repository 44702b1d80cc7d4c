import MilterCore
import MilterSystem

/// Carries the commands of one connection to its filter, and the answers back.
///
/// It is the only caller of callbacks. Everything between a frame and a callback that needs no
/// filter is ``MilterCore/FilterSession``'s business.
final class SessionDriver {
  let context: MilterContext
  /// How many commands were worked on.
  @exclusivity(unchecked) private(set) var commandCount = 0

  private let handler: any SessionHandler
  /// Whether a message began whose end the filter has not been told of.
  @exclusivity(unchecked) private var hasMessage = false
  /// Asked before a line is made: that costs much even if it is not written.
  private let logLevel: MilterLogLevel

  /// Makes the driver of a connection, by whose number the log knows it.
  init(
    _ handler: any SessionHandler, sink: any ReplySink, decoder: FrameDecoder, connection: Int,
    configuration: MilterConfiguration, watch: CallbackWatch?
  ) {
    self.handler = handler
    var log = configuration.log
    logLevel = log.level
    log.subject = LogSubject(name: handler.name, connection: connection)
    context = MilterContext(
      sink, decoder: decoder,
      session: FilterSession(callbacks: handler.callbacks, rules: handler.rules), log: log,
      patience: configuration.timeout, mostHeld: configuration.maxHeldChanges, watch: watch)
    handler.attach(to: context)
  }

  /// Works on the frames that have come, and sends the replies to all of them at once.
  ///
  /// Frames are left where they are once the MTA takes no more replies.
  /// - Returns: whether the connection goes on.
  func work() throws -> Bool {
    context.lock?.lock()
    defer { context.lock?.unlock() }
    var goesOn = true
    var wasBlocked = false
    // It is not filled again before the frames in it are done with.
    let buffer = context.decoder.storage
    repeat {
      do {
        while goesOn, !context.isBlocked, let frame = try context.decoder.next() {
          goesOn = try handle(frame, buffer.span.extracting(frame.payload))
          commandCount &+= 1
        }
      } catch {
        // What the filter has answered before must reach the MTA all the same.
        try? context.flush()
        throw error
      }
      wasBlocked = context.isBlocked
      try context.flushOrConfirm()
      // If the MTA has taken the replies meanwhile, nothing else would come back to the frames left.
    } while goesOn && wasBlocked && !context.isBlocked
    return goesOn
  }

  private func handle(_ frame: Frame, _ payload: Span<UInt8>) throws -> Bool {
    context.current = frame
    defer { context.current = nil }
    if logLevel >= .debug {
      let name = MTACommandCode(rawValue: frame.code).map { "\($0)" } ?? "unknown byte"
      context.log.debug("\(name), \(frame.payload.count) bytes")
    }
    var wasInMessage = context.session.isInMessage
    var step = context.session.receive(frame.code, payload)
    while case .abort = step {
      if wasInMessage { context.counters?.add(to: .abortedMessages) }
      wasInMessage = false
      try watched(.abort) { handler.abort() }
      endMessage()
      step = context.session.resume()
    }
    if !wasInMessage { beginMessage(step) }
    // A message ends with the answer to one of its commands, if not by abort.
    defer { if hasMessage, !context.session.hasMessage { endMessage() } }
    switch step {
    case .none, .abort: return true
    case .negotiate:
      let offered = try context.session.offer(payload)
      let (status, wanted) = try watched(.negotiate) { try handler.negotiate(offered) }
      try context.agree(status, wanted)
      return true
    case .call(let callback):
      let status = try call(callback, payload)
      if let known = MilterStatus(rawValue: status) { context.counters?.count(callback, known) }
      return answer(callback, status)
    case .acknowledge(let callback): return answer(callback, MilterStatus.continue.rawValue)
    case .newConnection:
      try watched(.close) { handler.close() }
      context.session.endClient()
      return true
    case .quit: return false
    case .fail(let error): throw error
    }
  }

  private func call(_ callback: MilterCallback, _ payload: Span<UInt8>) throws -> Int32 {
    if callback == .eom, !payload.isEmpty, context.session.wants(.body) {
      // The last chunk came with the end. Only a verdict leaves eom out; libmilter answers twice
      // then, and not at all to noreply.
      let status = try watched(.body) { try handler.run(.body, payload) }
      if MilterStatus(rawValue: status)?.isVerdict ?? true { return status }
      if !context.session.wants(.eom) { return MilterStatus.continue.rawValue }
    }
    // Without a closure, which would hold on to the driver for every command.
    if context.watch == nil, context.lock == nil { return try handler.run(callback, payload) }
    return try watched(callback) { try handler.run(callback, payload) }
  }

  /// Runs a callback.
  ///
  /// - Throws: what it throws, and an error if it ran longer than it may: the MTA has been answered
  ///   without it, and the connection is to be closed.
  private func watched<Value>(
    _ callback: MilterCallback, _ run: () throws -> Value
  ) throws -> Value {
    guard let watch = context.watch else { return try context.withoutLock(run) }
    context.beginWatch(callback)
    let result = Result { try context.withoutLock(run) }
    guard let overrun = watch.end() else { return try result.get() }
    if case .answered(let status) = overrun {
      context.forgetAnswer(callback, status)
      context.counters?.count(callback, status)
    }
    throw MilterError(.timedOut, "\(callback) has returned too late; its result is dropped")
  }

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
    handler.messageEnded()
  }

  private func answer(_ callback: MilterCallback, _ status: Int32) -> Bool {
    let (goesOn, mistake) = context.answer(callback, status)
    if let mistake {
      context.counters?.count(.filter)
      context.log.put(.error, .answer, "\(mistake)")
    }
    if logLevel >= .info, let status = MilterStatus(rawValue: status),
      status.isVerdict || callback == .eom
    {
      context.log.info("\(callback): \(status)")
    }
    return goesOn
  }

  /// Tells the filter that the connection ended.
  func end() {
    context.lock?.lock()
    defer { context.lock?.unlock() }
    if context.session.isInMessage {
      context.counters?.add(to: .abortedMessages)
      try? watched(.abort) { handler.abort() }
    }
    endMessage()
    try? watched(.close) { handler.close() }
    // A C filter can still change the message it has just accepted, to no effect.
    try? context.flush()
  }
}
