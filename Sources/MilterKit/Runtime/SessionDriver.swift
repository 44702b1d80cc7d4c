import MilterSockets

/// Carries the commands of one connection to its filter, and the answers back.
///
/// It is the only caller of callbacks. Everything between a frame and a callback that needs no
/// filter is ``MilterCore/FilterSession``'s business.
final class SessionDriver {
  let context: MilterContext
  /// How many commands were worked on.
  private(set) var commandCount = 0

  private let handler: any SessionHandler
  private let log: MilterLog

  init(
    _ handler: any SessionHandler, socket: Socket, decoder: FrameDecoder, log: MilterLog
  ) {
    self.handler = handler
    self.log = log
    context = MilterContext(
      socket, decoder: decoder,
      session: FilterSession(callbacks: handler.callbacks, rules: handler.rules))
    handler.attach(to: context)
  }

  /// Works on the frames that have come, and sends the replies to all of them at once.
  ///
  /// - Returns: whether the connection goes on.
  func work() throws -> Bool {
    var goesOn = true
    do {
      while goesOn, let frame = try context.decoder.next() {
        goesOn = try handle(frame)
        commandCount &+= 1
      }
    } catch {
      // What the filter has answered before must reach the MTA all the same.
      try? context.flush()
      throw error
    }
    try context.flushOrConfirm()
    return goesOn
  }

  private func handle(_ frame: Frame) throws -> Bool {
    context.current = frame
    defer { context.current = nil }
    // The buffer is not filled again before the frames in it are done with.
    let buffer = context.decoder.storage
    let payload = buffer.span.extracting(frame.payload)
    log.debug(
      "\(handler.name): \(MTACommandCode(rawValue: frame.code).map { "\($0)" } ?? "unknown byte"), "
        + "\(frame.payload.count) bytes")
    let directive = context.session.receive(frame.code, payload)
    if directive.aborts { handler.abort() }
    switch directive.step {
    case .none: return true
    case .negotiate:
      let offered = try context.session.offer(payload)
      let (status, wanted) = try handler.negotiate(offered)
      try context.agree(status, wanted)
      return true
    case .call(let callback): return answer(callback, try call(callback, payload))
    case .acknowledge(let callback): return answer(callback, MilterStatus.continue.rawValue)
    case .newConnection:
      handler.close()
      return true
    case .quit: return false
    case .fail(let error): throw error
    }
  }

  private func call(_ callback: MilterCallback, _ payload: Span<UInt8>) throws -> Int32 {
    if callback == .eom, !payload.isEmpty, context.session.wants(.body) {
      // The last chunk came with the end. Only a verdict leaves eom out; libmilter answers twice
      // then, and not at all to noreply.
      let status = try handler.run(.body, payload)
      if MilterStatus(rawValue: status)?.isVerdict ?? true { return status }
    }
    return try handler.run(callback, payload)
  }

  private func answer(_ callback: MilterCallback, _ status: Int32) -> Bool {
    let (goesOn, mistake) = context.answer(callback, status)
    if let mistake { log.error("\(handler.name): \(mistake)") }
    return goesOn
  }

  /// Tells the filter that the connection ended.
  func end() {
    if context.session.isInMessage { handler.abort() }
    handler.close()
  }
}
