import MilterCore
import MilterMTA

/// The macros that a chain requests from the MTA, so that each member gets its macros.
struct ChainMacros: Sendable {
  /// The requested macros, by stage; at other stages the MTA sends its default macros.
  private(set) var lists: [MilterStage: [[UInt8]]] = [:]
  /// The macros for members without a list, at stages where the chain requests a list.
  private(set) var defaults: [MilterStage: [[UInt8]]] = [:]
  /// The numbers of the members that request more macros than an MTA accepts.
  private(set) var refused: Set<Int> = []

  /// The maximum number of bytes of the names at a stage, so that the lists of all stages fit into one packet.
  private static let mostBytes = 4096

  /// Creates macros without lists.
  init() {}

  /// Combines the lists of members.
  init(_ wishes: [ChainOffer.Wish]) {
    // A refused member's names no longer count, at the stages after and, in another round, at those before.
    var known: Set<Int>
    repeat {
      known = refused
      lists = [:]
      for stage in MilterStage.allCases {
        let fit = fit(wishes, stage)
        refused.formUnion(fit.refused)
        lists[stage] = fit.list
      }
    } while refused != known
    for stage in lists.keys { defaults[stage] = Self.known[stage] }
  }

  /// Combines the members' lists for a stage.
  ///
  /// - Returns: The list, or `nil` to request no list at the stage, and the members whose names do not fit.
  private func fit(
    _ wishes: [ChainOffer.Wish], _ stage: MilterStage
  ) -> (list: [[UInt8]]?, refused: Set<Int>) {
    let asked = wishes.indices.map {
      refused.contains($0) ? [] : Self.lists(wishes[$0].negotiated, stage)
    }
    var names = Self.demands(wishes, stage)
    let isAsked = asked.contains { $0.contains { $0 != nil } }
    guard isAsked || !names.isEmpty else { return (nil, []) }
    names = Self.needs(stage) + names
    // Members without a list get the macros that the MTA would send by default.
    if !isAsked || asked.contains(where: { $0.isEmpty || $0.contains { $0 == nil } }) {
      names += Self.known[stage] ?? []
    }
    names = Self.unique(names)
    var unfit: Set<Int> = []
    for (number, lists) in asked.enumerated() {
      let own = lists.compactMap(\.self).flatMap { MTAMacros.names($0) }
      if own.isEmpty { continue }
      let more = Self.unique(names + own)
      let size = more.reduce(0) { $0 + $1.count + 1 }
      if more.count > DeclaredWishes.mostMacros || size > Self.mostBytes {
        unfit.insert(number)
      } else {
        names = more
      }
    }
    return (names, unfit)
  }

  /// The lists that a member requests at a stage.
  private static func lists(
    _ member: MilterNegotiation?, _ stage: MilterStage
  ) -> [[UInt8]?] {
    // Sendmail before 8.17.2 confuses the lists for eoh and eom.
    let twins: [MilterStage] = stage == .eoh || stage == .eom ? [.eoh, .eom] : [stage]
    return twins.map { twin in member?.macroLists.last { $0.stage == twin }?.macros }
  }

  /// The macros that the chain itself needs at a stage.
  private static func demands(_ wishes: [ChainOffer.Wish], _ stage: MilterStage) -> [[UInt8]] {
    // This macro identifies the MTA.
    var names = stage == .connect ? [Array("v".utf8)] : []
    if wishes.contains(where: \.isConditional) {
      names += bytes(DeclaredWishes.client[stage] ?? [])
    }
    let takesRejected = wishes.contains {
      $0.negotiated?.options.steps.contains(.rcptRej) ?? false
    }
    if stage == .envrcpt, takesRejected { names += bytes(MilterMacroName.ofRefusal) }
    return names
  }

  /// The macros that the chain's log needs: the queue ID.
  private static func needs(_ stage: MilterStage) -> [[UInt8]] {
    stage == .connect || stage == .helo ? [] : bytes([.queueID])
  }

  private static func bytes(_ names: [MilterMacroName]) -> [[UInt8]] {
    names.map { Array($0.description.utf8) }
  }

  private static func unique(_ names: [[UInt8]]) -> [[UInt8]] {
    var seen: Set<[UInt8]> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// The macros that Postfix or Sendmail sends at each stage by default.
  private static let known: [MilterStage: [[UInt8]]] = {
    let lists = [MTAProfile.postfix, .sendmail].map(\.macros.lists)
    let names = MilterStage.allCases.map { stage in
      (stage, lists.flatMap { MTAMacros.names(($0[stage.callback] ?? "").utf8) })
    }
    return Dictionary(uniqueKeysWithValues: names)
  }()
}
