import MilterCore
import MilterMTA

/// A chain's requests to the MTA, which combine those of its members.
struct ChainOffer: Sendable {
  /// The requests of one member.
  struct Wish: Hashable, Sendable {
    /// The negotiated options; `nil` if the negotiation failed, so that the member may request anything later.
    var negotiated: MilterNegotiation?
    /// Whether a condition uses the client or the message.
    var isConditional: Bool
    /// Whether a condition uses the message.
    var looksAtMessage: Bool
  }

  var options: MilterOptions
  /// The requested macros.
  var macros = ChainMacros()

  /// The steps for which the chain needs no reply, because it answers the content at the end.
  private static let collected: MilterProtocolFlags = [.nrHdr, .nrEoh, .nrBody]
  /// The callbacks that need no reply if no member wants to reply.
  private static let unanswered: [MilterCallback] = [.connect, .helo, .envrcpt, .data, .unknown]
  /// The callbacks that can be left out if no member wants them.
  ///
  /// The others are always needed: MAIL and RCPT begin and end messages, the chain counts header fields, and
  /// connect and HELO bring macros and data for conditions.
  private static let leftOut: [MilterCallback] = [.data, .unknown, .eoh, .body]

  /// Combines the requests of members.
  ///
  /// - Parameters:
  ///   - wishes: The requests of each member.
  ///   - offered: The MTA's offer.
  ///   - version: The version to agree on.
  init(_ wishes: [Wish], _ offered: MilterOptions, version: UInt32) {
    options = MilterOptions(version: version, actions: [], steps: [])
    let takesLists = offered.actions.contains(.setsymlist)
    if takesLists { macros = ChainMacros(wishes) }
    let members = wishes.indices.map { macros.refused.contains($0) ? nil : wishes[$0].negotiated }
    var steps = Self.collected
    for callback in Self.leftOut
    where members.allSatisfy({ $0?.options.steps.contains(callback.noFlag) ?? false }) {
      // Conditions may use the size of a message.
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

  /// Whether a member with these steps can replace a member for which other steps were agreed on.
  static func suits(_ steps: MilterProtocolFlags, _ agreed: MilterProtocolFlags) -> Bool {
    leftOut.allSatisfy { !agreed.contains($0.noFlag) || steps.contains($0.noFlag) }
      && unanswered.allSatisfy { !agreed.contains($0.nrFlag) || isUnanswered($0, steps) }
  }
}
