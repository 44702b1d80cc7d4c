import MilterCore
import MilterMTA
import MilterRuntime

extension MilterChain {
  /// Asks one member after the other, until one decides.
  final func ask(_ step: MTAStep) -> Status {
    hasToldSteps = true
    let macros = macros(step.stage.map { [$0] } ?? [])
    let time = stepTime
    for link in links {
      let verdict = link.perform(step, macros, within: time)
      if let status = status(verdict, of: link, at: step.callback) { return status }
    }
    return .continue
  }

  /// Sends all members a step that none of them can decide.
  final func show(_ step: MTAStep) {
    hasToldSteps = true
    let macros = macros(step.stage.map { [$0] } ?? [])
    let time = stepTime
    for link in links { _ = link.perform(step, macros, within: time) }
  }

  /// Sends DATA to the members, even if the MTA does not send it.
  final func tellData() -> Status {
    guard message?.hasData == false else { return .continue }
    message?.hasData = true
    return ask(.data)
  }

  /// Returns the status for a message that a member has discarded, or that the chain does not know; `nil` for a
  /// message in progress.
  final func endedMessage(_ callback: MilterCallback) -> Status? {
    guard let message else {
      log.error("\(callback) without a message: tempfail is answered")
      context?.session.reply = nil
      return .tempfail
    }
    return message.isDiscarded ? .discard : nil
  }

  /// Returns the status for the MTA after a member's verdict; `nil` if the next member must be asked.
  final func status(
    _ verdict: ChainVerdict, of link: ChainLink, at callback: MilterCallback
  ) -> Status? {
    if verdict.isGoOn { return nil }
    var status = Status.tempfail
    // Replies that other members have set do not count.
    context?.session.reply = nil
    if case .discard = verdict, callback == .unknown, ignoresUnknownDiscard {
      log.put(.info, .verdict, "\(link.name) leaves the message: \(callback): discard")
      return .continue
    }
    switch verdict {
    case .goOn, .failed: break
    case .discard: status = .discard
    case .refuse(.reject): status = .reject
    case .refuse(.replycode(let text)):
      guard let reply = MilterReply(relaying: text) else { break }
      context?.session.reply = reply
      status = reply.replyClass == 4 ? .tempfail : .reject
    case .refuse: break
    }
    link.count { $0.decisions[status, default: 0] += 1 }
    log.put(.info, .verdict, "\(link.name) has decided: \(callback): \(status)")
    if status == .discard {
      let isInMessage = message != nil
      endMessage()
      // An MTA may still send the rest of the message.
      if isInMessage { message = ChainMessage(discarded: ChainBody(makeFile: makeSpoolFile)) }
    } else if !callback.isAboutPart {
      endMessage()
    }
    return status
  }

  /// Whether the MTA does not discard the message for a discard of an unknown command.
  ///
  /// The member has left the message, and the members after it do not get the command. If the chain passed the
  /// discard on, Postfix would send it nothing more of the message, or end with a panic at the next MAIL.
  private final var ignoresUnknownDiscard: Bool {
    mtaKind == .postfix && (message == nil || mta.ignoresUnknownDiscard)
  }

  /// Sends the message's end to the members that have not got it.
  final func endMessage() {
    message = nil
    if hasToldSteps {
      hasToldSteps = false
      for link in links { link.reset() }
    }
    // A task that still has the old notes does not write into those of the next message.
    notes = MilterNotes()
    for link in links { link.share(notes) }
  }

  /// The macros that the MTA has sent, for the members.
  final func macros(_ stages: [MilterStage]) -> RelayedMacros {
    var macros = RelayedMacros()
    guard let symbols = context?.session.symbols else { return macros }
    for stage in stages {
      guard let strings = symbols.strings(of: stage) else { continue }
      macros.packets.append(.init(stage, strings: strings, defaults: offer?.macros.defaults[stage]))
    }
    macros.ignoresEmptyLists = links.contains(where: \.hasEmptyList) && mtaKind == .postfix
    return macros
  }
}
