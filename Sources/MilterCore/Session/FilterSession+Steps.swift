extension FilterSession {
  /// The result of a command once everything before it is done.
  enum Pending: Sendable {
    case nothing
    case step(SessionStep)
    case execute(MTACommandCode, hasPayload: Bool)
    case fail(MilterError)
    case endClient
    case end
    case quit
  }

  /// Returns the next step after one whose result the session need not know.
  public mutating func resume() -> SessionStep {
    if hasBegunMessage, !hasMessage { return messageEnded() }
    let next = pending
    pending = .nothing
    return after(pendingAborts, next)
  }

  /// Ends the session after the MTA's last byte: returns what remains to be done before the connection is
  /// closed.
  ///
  /// - Returns: the first of the steps; the last one is ``SessionStep/quit``.
  public mutating func end() -> SessionStep {
    running = nil
    pendingAborts = 0
    return after(isInMessage ? 1 : 0, .end)
  }

  /// Continues after abort was run this number of times.
  mutating func after(_ aborts: Int, _ next: Pending) -> SessionStep {
    if aborts > 0 {
      // abort sees the state of the message that ended, not the state after the command.
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
    case .connect: return enter(.connect, .connect)
    case .helo: return enter(.helo, .helo)
    case .mail:
      endMessage()
      return enter(.mail, .envfrom)
    case .rcpt: return enter(.rcpt, .envrcpt)
    case .data: return step(.data, .data)
    case .header: return step(.header, .header)
    case .eoh: return step(.eoh, .eoh)
    case .body: return step(.body, .body)
    case .endOfBody:
      message.isEnding = true
      // The last chunk may come with the end, and concern a filter that the end does not.
      return step(.eom, hasPayload && wants(.body) ? .body : .eom)
    case .unknown:
      // Inside a message the state stays: any client can send an unknown command there, and with
      // libmilter the message is then lost track of.
      return step(isInMessage ? state : .unknown, .unknown)
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

  /// Moves on to a step that owns macros: those of the stages after it are forgotten.
  private mutating func enter(_ next: SessionState, _ callback: MilterCallback) -> SessionStep {
    let stage: MilterStage =
      switch next {
      case .connect: .connect
      case .helo: .helo
      case .mail: .envfrom
      default: .envrcpt
      }
    client.symbols.removeAll(after: stage)
    return step(next, callback)
  }

  private mutating func step(_ next: SessionState, _ callback: MilterCallback) -> SessionStep {
    state = next
    running = callback
    return wants(callback) ? .call(callback) : .acknowledge(callback)
  }

  /// Puts the step for the message's beginning before the first step of a message.
  ///
  /// Any step may be the first, even the last one: an MTA leaves out the steps that it was asked to.
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
