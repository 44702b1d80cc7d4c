extension FilterSession {
  /// Reads the MTA's offer.
  ///
  /// - Parameter payload: of the command for which ``receive(_:_:)`` returned negotiate.
  /// - Returns: the offer as the filter sees it. No actions and no steps mean those of the oldest
  ///   protocol, and no-reply steps are there always: where the MTA lacks them, replies are sent.
  /// - Throws: ``MilterError/Code/malformedCommand``, ``MilterError/Code/unsupportedVersion``.
  public mutating func offer(_ payload: Span<UInt8>) throws(MilterError) -> MilterOptions {
    guard let negotiation = MilterNegotiation(payload: payload, ignoringRest: true) else {
      throw CommandLayout.malformed(.negotiate, "\(payload.count) bytes are less than 12")
    }
    var offer = negotiation.options
    // The version is a signed number to libmilter.
    guard WireLimits.oldestVersion...UInt32(Int32.max) ~= offer.version else {
      throw MilterError(
        .unsupportedVersion,
        "the MTA speaks protocol version \(Int32(truncatingIfNeeded: offer.version)), "
          + "this library \(WireLimits.oldestVersion) to \(WireLimits.version)")
    }
    if offer.actions.isEmpty { offer.actions = .version1 }
    if offer.steps.isEmpty { offer.steps = .version2 }
    if rules.hidesInternalSteps { offer.steps.subtract(.internalBits) }
    connection.offered = offer
    connection.isNegotiating = true
    offer.steps.formUnion(.allNr)
    return offer
  }

  /// Makes the options that a filter wants by default: the steps of its callbacks, and skip.
  ///
  /// - Parameter actions: The actions it wants; `nil` for all that the MTA offers.
  /// - Returns: The options, limited to what both sides know.
  public func proposal(_ actions: MilterActionFlags? = nil) -> MilterOptions {
    let offer = connection.offered ?? MilterOptions(actions: [], steps: [])
    var actions = actions ?? offer.actions
    if !connection.declaredMacroLists.isEmpty {
      actions.formUnion(offer.actions.intersection(.setsymlist))
    }
    return MilterOptions(
      version: min(WireLimits.version, offer.version), actions: actions,
      steps: callbacks.notWanted.union(offer.steps.intersection(.skip)))
  }

  /// Declares which macros the filter wants, at stages for which ``setsymlist(_:_:)`` is not called.
  ///
  /// Unlike that, it asks only an MTA that offers ``MilterActionFlags/setsymlist``, and only if the
  /// filter does not take the action out of what it wants.
  ///
  /// Sendmail before 8.17.2 takes the list for `eoh` for that for `eom`, and the other way round. A
  /// list for one of them is therefore asked for at both.
  /// - Parameter macros: the names for each stage; an empty list for none.
  public mutating func declareMacros(_ macros: [MilterStage: [MilterMacroName]]) {
    var macros = macros
    if macros[.eoh] != nil || macros[.eom] != nil {
      let headers = macros[.eoh] ?? []
      let both = headers + (macros[.eom] ?? []).filter { !headers.contains($0) }
      macros[.eoh] = both
      macros[.eom] = both
    }
    connection.declaredMacroLists = macros.map { stage, names in
      let list = names.map(\.description).joined(separator: " ")
      return .init(stage: stage, macros: Array(list.utf8))
    }
  }

  /// Asks for what was declared, where the MTA can and the filter has not asked for anything else.
  private mutating func useDeclaredMacros(_ actions: MilterActionFlags) {
    guard !connection.declaredMacroLists.isEmpty, actions.contains(.setsymlist),
      connection.offered?.actions.contains(.setsymlist) ?? false
    else { return }
    connection.macroLists += connection.declaredMacroLists.filter { list in
      !connection.macroLists.contains { $0.stage == list.stage }
    }
    connection.macroLists.sort { $0.stage.rawValue < $1.stage.rawValue }
  }

  /// Asks for macros at a stage.
  ///
  /// The corresponding libmilter function is `smfi_setsymlist`.
  /// - Parameters:
  ///   - stage: The stage at which the MTA sends them; each stage can be set once.
  ///   - macros: names separated by spaces; empty for none.
  /// - Throws: ``MilterError/Code/wrongTime`` outside the negotiation,
  ///   ``MilterError/Code/notOffered`` if the MTA cannot do it,
  ///   ``MilterError/Code/invalidArgument`` for a stage that was set before.
  public mutating func setsymlist(_ stage: MilterStage, _ macros: [UInt8]) throws(MilterError) {
    if rules.checksSymlist {
      guard connection.isNegotiating, let offered = connection.offered else {
        throw MilterError(.wrongTime, "setsymlist may be called in negotiate only")
      }
      guard offered.actions.contains(.setsymlist) else {
        throw MilterError(.notOffered, "setsymlist: the MTA does not offer it")
      }
    }
    guard !connection.macroLists.contains(where: { $0.stage == stage }) else {
      throw MilterError(.invalidArgument, "setsymlist: the list for \(stage) is set already")
    }
    guard !macros.contains(0) else {
      throw MilterError(.invalidArgument, "setsymlist: the list contains NUL")
    }
    connection.macroLists.append(.init(stage: stage, macros: macros))
    connection.macroLists.sort { $0.stage.rawValue < $1.stage.rawValue }
  }

  /// Settles the options and answers the MTA.
  ///
  /// Masked by the MTA's offer are: no-reply steps (a reply is sent then), steps without callback
  /// (they are answered continue), data sizes. What else is wanted and not offered is refused.
  /// - Parameters:
  ///   - status: what `negotiate` returned.
  ///   - wanted: what it asked for.
  ///   - output: gets the answer.
  /// - Throws: ``MilterError/Code/negotiationRefused``, or ``MilterError/Code/notOffered`` naming
  ///   what is missing. The caller must close the connection without a reply.
  public mutating func agree(
    _ status: MilterStatus, _ wanted: MilterOptions, to output: inout ReplyBuffer
  ) throws(MilterError) {
    try agree(status.rawValue, wanted, to: &output)
  }

  /// Settles the options for a status that may be any number; see ``agree(_:_:to:)``.
  package mutating func agree(
    _ status: Int32, _ wanted: MilterOptions, to output: inout ReplyBuffer
  ) throws(MilterError) {
    connection.isNegotiating = false
    guard let offered = connection.offered else {
      throw MilterError(.wrongTime, "the MTA has offered nothing")
    }
    var wanted = wanted
    switch MilterStatus(rawValue: status) {
    case .continue: break
    case .allOptions: wanted = proposal()
    case .reject, .discard, .accept, .tempfail, .noreply, .skip, nil:
      let name = MilterStatus(rawValue: status).map { "\($0)" } ?? "\(status)"
      throw MilterError(
        .negotiationRefused, "negotiate returned \(name), neither continue nor allOptions")
    }
    useDeclaredMacros(wanted.actions)
    if !connection.macroLists.isEmpty, rules.impliesSymlistAction {
      wanted.actions.insert(.setsymlist)
    }
    let missingActions = wanted.actions.subtracting(offered.actions)
    guard missingActions.isEmpty else {
      throw MilterError(.notOffered, "the MTA does not offer the actions: \(missingActions)")
    }
    var masked = MilterProtocolFlags.allNr.union([.nodata, .nounknown])
    if rules.masksSteps { masked.formUnion(callbacks.notWanted.union(.dataSizes)) }
    let missingSteps = wanted.steps.subtracting(offered.steps).subtracting(masked)
    guard missingSteps.isEmpty else {
      throw MilterError(.notOffered, "the MTA does not offer the steps: \(missingSteps)")
    }
    connection.noReply = wanted.steps.intersection(.allNr)
    let leftOut = callbacks.notWanted.union(wanted.steps.intersection(.allNo))
    if leftOut != connection.transitions.leftOut {
      connection.transitions = SessionTransitions(leavingOut: leftOut)
    }
    connection.agreed = MilterOptions(
      version: max(
        WireLimits.oldestVersion, min(WireLimits.version, offered.version, wanted.version)),
      actions: wanted.actions, steps: wanted.steps.intersection(offered.steps))
    if connection.agreed.steps.contains(.mds256k) { maximumPayload = WireLimits.payload256K }
    if connection.agreed.steps.contains(.mds1m) { maximumPayload = WireLimits.payload1M }
    preparePlainSteps()
    let lists = connection.macroLists.reduce(0) { $0 + 4 + $1.macros.count + 1 }
    guard 12 + lists <= WireLimits.payload64K else {
      throw MilterError(.invalidArgument, "setsymlist: the lists do not fit into one packet")
    }
    output.append(negotiationAnswer)
  }

  /// The packet that tells the MTA what was agreed.
  var negotiationAnswer: FilterReply {
    .negotiate(.init(options: connection.agreed, macroLists: connection.macroLists))
  }
}
