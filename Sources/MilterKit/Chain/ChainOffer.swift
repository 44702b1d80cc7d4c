import MilterCore
import MilterMTA

/// A chain's requests to the MTA: the wishes of its members, combined.
struct ChainOffer {
  /// The requests of one member.
  struct Wish {
    /// Its negotiated options; nil if the negotiation failed, so that it may want everything later.
    var negotiated: MilterNegotiation?
    /// Whether a condition looks at the client or the message.
    var isConditional: Bool
    /// Whether a condition looks at the message.
    var looksAtMessage: Bool
  }

  var options: MilterOptions
  /// The macros to ask for.
  var macros = ChainMacros()

  /// The steps for which the chain needs no reply: content is judged at its end.
  private static let collected: MilterProtocolFlags = [.nrHdr, .nrEoh, .nrBody]
  /// The callbacks that may go without a reply if no member wants to reply.
  private static let unanswered: [MilterCallback] = [.connect, .helo, .envrcpt, .data, .unknown]
  /// The callbacks that may be left out if no member wants them.
  ///
  /// MAIL and RCPT begin and end messages, header fields have to be counted, and connect and HELO bring
  /// macros and facts for conditions.
  private static let leftOut: [MilterCallback] = [.data, .unknown, .eoh, .body]

  /// Puts wishes together.
  ///
  /// - Parameters:
  ///   - wishes: what each member wants.
  ///   - offered: what the MTA offers.
  ///   - version: the version to agree on.
  init(_ wishes: [Wish], _ offered: MilterOptions, version: UInt32) {
    options = MilterOptions(version: version, actions: [], steps: [])
    let takesLists = offered.actions.contains(.setsymlist)
    if takesLists { macros = ChainMacros(wishes) }
    let members = wishes.indices.map { macros.refused.contains($0) ? nil : wishes[$0].negotiated }
    var steps = Self.collected
    for callback in Self.leftOut
    where members.allSatisfy({ $0?.options.steps.contains(callback.noFlag) ?? false }) {
      // The size of a message is a fact for conditions.
      if callback != .body || !wishes.contains(where: \.looksAtMessage) {
        steps.formUnion(callback.noFlag)
      }
    }
    for callback in Self.unanswered
    where members.allSatisfy({ $0.map { Self.isUnanswered(callback, $0.options.steps) } ?? false })
    {
      steps.formUnion(callback.nrFlag)
    }
    for step: MilterProtocolFlags in [.rcptRej, .hdrLeadspc]
    where members.contains(where: { $0?.options.steps.contains(step) ?? (step == .hdrLeadspc) }) {
      steps.formUnion(step)
    }
    if !takesLists { steps.remove(.rcptRej) }
    options.steps = steps.intersection(offered.steps.union(.allNr))
    for member in members { options.actions.formUnion(member?.options.actions ?? offered.actions) }
    options.actions = options.actions.intersection(offered.actions).subtracting(.setsymlist)
    if !macros.lists.isEmpty { options.actions.insert(.setsymlist) }
  }

  private static func isUnanswered(
    _ callback: MilterCallback, _ steps: MilterProtocolFlags
  ) -> Bool {
    !steps.isDisjoint(with: callback.noFlag.union(callback.nrFlag))
  }

  /// Whether a member with these steps can take the place of one for which others were agreed.
  static func suits(_ steps: MilterProtocolFlags, _ agreed: MilterProtocolFlags) -> Bool {
    leftOut.allSatisfy { !agreed.contains($0.noFlag) || steps.contains($0.noFlag) }
      && unanswered.allSatisfy { !agreed.contains($0.nrFlag) || isUnanswered($0, steps) }
  }
}
