extension FilterSession {
  /// The result of a command, after the steps before it.
  enum Pending: Sendable {
    case nothing
    case step(SessionStep)
    case execute(MTACommandCode, hasPayload: Bool)
    indirect case fail(MilterError)
    case endClient
    case end
    case quit
  }

  /// Returns the next step after a step without a result.
  public mutating func resume() -> SessionStep {
    if hasBegunMessage, !hasMessage { return messageEnded() }
    let next = pending
    pending = .nothing
    return after(pendingAborts, next)
  }

  /// Ends the session after the MTA's last byte, and returns the steps that remain before the connection is
  /// closed.
  ///
  /// - Returns: The first of these steps; the last one is ``SessionStep/quit``.
  public mutating func end() -> SessionStep {
    running = nil
    pendingAborts = 0
    return after(isInMessage ? 1 : 0, .end)
  }

  /// Whether `close` is called because another client follows, and not at the end of the connection.
  package var endsClient: Bool {
    if case .endClient = pending { true } else { false }
  }

  /// Continues after this number of calls of abort.
  mutating func after(_ aborts: Int, _ next: Pending) -> SessionStep {
    if aborts > 0 {
      // abort gets the state of the message that ended, not the state after the command.
      if case .fail = next { endMessage() }
      if state.isInMessage { state = .helo }
      pendingAborts = aborts - 1
      pending = next
      return .abort
    }
    switch next {
    case .nothing: return .done
    case .step(let step): return step
    case .execute(let command, let hasPayload):
      return begun(execute(command, hasPayload: hasPayload))
    case .fail(let error):
      endMessage()
      if !rules.forgetsBrokenCommand { state = .quit }
      return .fail(error)
    case .endClient:
      endClient()
      return .done
    case .end:
      endMessage()
      pending = .end
      if hasBegunMessage { return messageEnded() }
      pending = .quit
      return .close
    case .quit: return .quit
    }
  }

  mutating func execute(_ command: MTACommandCode, hasPayload: Bool) -> SessionStep {
    switch command {
    case .negotiate:
      state = .options
      client.symbols.removeAll()
      return .negotiate
    case .connect: return enter(.connect)
    case .helo: return enter(.helo)
    case .mail:
      endMessage()
      return enter(.envfrom)
    case .rcpt: return enter(.envrcpt)
    case .data: return step(.data)
    case .header: return step(.header)
    case .eoh: return step(.eoh)
    case .body: return step(.body)
    case .endOfBody:
      message.isEnding = true
      // The last chunk may come with the end. The filter may want the chunk, but not the end.
      return step(hasPayload && wants(.body) ? .body : .eom, in: .eom)
    case .unknown:
      // Inside a message, the state stays. Any client can send an unknown command there, and libmilter then
      // loses track of the message.
      return step(.unknown, in: isInMessage ? state : .unknown)
    case .abort:
      endMessage()
      state = .abort
      return .done
    case .quit:
      state = .quit
      return .quit
    case .quitNewConnection:
      endMessage()
      state = .quitNewConnection
      pending = .endClient
      return .close
    case .macro: return .done
    }
  }

  /// Enters a step with macros, and removes the macros of later stages.
  private mutating func enter(_ callback: MilterCallback) -> SessionStep {
    if let stage = MilterStage(owner: callback.command) { client.symbols.removeAll(after: stage) }
    return step(callback)
  }

  private mutating func step(_ callback: MilterCallback) -> SessionStep {
    step(callback, in: callback.state)
  }

  private mutating func step(_ callback: MilterCallback, in next: SessionState) -> SessionStep {
    state = next
    running = callback
    return wants(callback) ? .call(callback) : .acknowledge(callback)
  }

  /// Inserts the step for the beginning of a message before its first step.
  ///
  /// Any step may be the first one, even the last, because an MTA leaves out steps.
  @inline(__always)
  mutating func begun(_ step: SessionStep) -> SessionStep {
    hasBegunMessage || !hasMessage ? step : messageBegan(before: step)
  }

  private mutating func messageBegan(before step: SessionStep) -> SessionStep {
    hasBegunMessage = true
    pending = .step(step)
    return .messageBegan
  }

  mutating func messageEnded() -> SessionStep {
    hasBegunMessage = false
    return .messageEnded
  }
}
