extension FilterSession {
  /// Reads the MTA's offer.
  ///
  /// - Parameter payload: The payload of the command for which ``receive(_:_:)`` returned negotiate.
  /// - Returns: The offer for the filter. If it has no actions or no steps, they are those of the oldest
  ///   protocol version. It always includes steps without reply: if the MTA lacks them, the session sends
  ///   replies.
  /// - Throws: ``MilterError/Code/malformedCommand``, ``MilterError/Code/unsupportedVersion``.
  public mutating func offer(_ payload: Span<UInt8>) throws(MilterError) -> MilterOptions {
    guard let negotiation = MilterNegotiation(payload: payload, ignoringRest: true) else {
      throw CommandLayout.malformed(.negotiate, "\(payload.count) bytes are less than 12")
    }
    var offer = negotiation.options
    // In libmilter, the version is a signed number.
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

  /// Returns the default options of a filter: the steps of its callbacks, and skip.
  ///
  /// - Parameter actions: The requested actions; `nil` for all that the MTA offers.
  /// - Returns: The options that both sides know.
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

  /// Returns the default options, without the copy of the session that ``proposal(_:)`` may need.
  package mutating func proposalInPlace(_ actions: MilterActionFlags?) -> MilterOptions {
    proposal(actions)
  }

  /// Declares the macros that the filter requests, at stages for which ``setsymlist(_:_:)`` is not called.
  ///
  /// Unlike that method, a declaration has no effect if the MTA does not offer
  /// ``MilterActionFlags/setsymlist``, or if the filter does not request this action.
  ///
  /// Sendmail before 8.17.2 confuses the lists for `eoh` and `eom`. So a list for one of them is requested at
  /// both stages.
  /// - Parameter macros: The names for each stage; an empty list for no macros.
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

  /// Requests the declared macros, if the MTA supports that and the filter has not called ``setsymlist(_:_:)``.
  private mutating func useDeclaredMacros(_ actions: MilterActionFlags) {
    guard !connection.declaredMacroLists.isEmpty, actions.contains(.setsymlist),
      connection.offered?.actions.contains(.setsymlist) ?? false
    else { return }
    connection.macroLists += connection.declaredMacroLists.filter { list in
      !connection.macroLists.contains { $0.stage == list.stage }
    }
    connection.macroLists.sort { $0.stage.rawValue < $1.stage.rawValue }
  }

  /// Requests macros at a stage.
  ///
  /// The corresponding libmilter function is `smfi_setsymlist`.
  /// - Parameters:
  ///   - stage: The stage at which the MTA sends them; each stage can be set once.
  ///   - macros: The names, separated by spaces; empty for no macros.
  /// - Throws: ``MilterError/Code/wrongTime`` outside the negotiation, ``MilterError/Code/notOffered`` if the
  ///   MTA does not support it, ``MilterError/Code/invalidArgument`` if the stage was already set.
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

  /// Sets the options and answers the MTA.
  ///
  /// Some options are removed if the MTA does not offer them: steps without reply (the session then sends a
  /// reply), steps without callback (the session replies continue), and data sizes. Any other option that is
  /// not offered is an error.
  /// - Parameters:
  ///   - status: The status that `negotiate` returned.
  ///   - wanted: The options that `negotiate` requested.
  ///   - output: The buffer for the answer.
  /// - Throws: ``MilterError/Code/negotiationRefused``, or ``MilterError/Code/notOffered``, which names the
  ///   missing options. The caller must close the connection without a reply.
  public mutating func agree(
    _ status: MilterStatus, _ wanted: MilterOptions, to output: inout ReplyBuffer
  ) throws(MilterError) {
    try agree(status.rawValue, wanted, to: &output)
  }

  /// Sets the options for a status that may be any number; see ``agree(_:_:to:)``.
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

  /// The packet with the options that were agreed on.
  var negotiationAnswer: FilterReply {
    .negotiate(.init(options: connection.agreed, macroLists: connection.macroLists))
  }
}
