import MilterCore
import MilterMTA

/// What a chain asks the MTA for: what its members have asked for, put together.
struct ChainOffer {
  var options: MilterOptions
  /// The macros to ask for, by stage.
  var macros: [MilterStage: String] = [:]
  /// What members get at a stage at which others have asked for macros and they have not.
  var defaults: [MilterStage: [[UInt8]]] = [:]

  /// Most macros that Sendmail sends at a stage.
  private static let mostMacros = 50
  /// The callbacks for which the chain needs no reply: content is judged at its end.
  private static let collected: MilterProtocolFlags = [.nrHdr, .nrEoh, .nrBody]

  /// Puts together what was negotiated.
  ///
  /// - Parameters:
  ///   - members: what each member has negotiated.
  ///   - offered: what the MTA offers.
  ///   - version: the version to agree on.
  init(_ members: [MilterNegotiation], _ offered: MilterOptions, version: UInt32) {
    let all = members.map(\.options.steps)
    var steps = Self.collected
    // MAIL and RCPT begin and end messages, and header fields have to be counted.
    for callback: MilterCallback in [.connect, .helo, .data, .unknown, .eoh, .body]
    where all.allSatisfy({ $0.contains(callback.noFlag) }) {
      steps.formUnion(callback.noFlag)
    }
    for callback: MilterCallback in [.connect, .helo, .envrcpt, .data, .unknown]
    where all.allSatisfy({ !$0.isDisjoint(with: callback.noFlag.union(callback.nrFlag)) }) {
      steps.formUnion(callback.nrFlag)
    }
    for step: MilterProtocolFlags in [.rcptRej, .hdrLeadspc]
    where all.contains(where: { $0.contains(step) }) {
      steps.formUnion(step)
    }
    steps.formIntersection(offered.steps.union(.allNr))
    let actions = members.reduce(into: MilterActionFlags()) { $0.formUnion($1.options.actions) }
    options = MilterOptions(
      version: version, actions: actions.intersection(offered.actions).subtracting(.setsymlist),
      steps: steps)
    if offered.actions.contains(.setsymlist) { mergeMacros(members) }
  }

  private mutating func mergeMacros(_ members: [MilterNegotiation]) {
    for stage in MilterStage.allCases {
      // Sendmail before 8.17.2 takes the lists for eoh and eom for one another.
      let twins: [MilterStage] = stage == .eoh || stage == .eom ? [.eoh, .eom] : [stage]
      let lists = members.map { member in
        twins.map { twin in member.macroLists.last { $0.stage == twin }?.macros }
      }
      guard lists.contains(where: { $0.contains { $0 != nil } }) else { continue }
      var names = lists.flatMap { $0 }.compactMap(\.self).flatMap { MTAMacros.names($0) }
      let known = Self.known(stage)
      defaults[stage] = known
      if lists.contains(where: { $0.contains { $0 == nil } }) {
        names += twins.flatMap(Self.known)
      }
      // It says which MTA it is.
      if stage == .connect { names.insert(Array("v".utf8), at: 0) }
      var seen: Set<[UInt8]> = []
      let list = names.filter { seen.insert($0).inserted }.prefix(Self.mostMacros)
      macros[stage] = list.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
    if !macros.isEmpty { options.actions.insert(.setsymlist) }
  }

  /// The macros that Postfix or Sendmail sends at a stage by itself.
  private static func known(_ stage: MilterStage) -> [[UInt8]] {
    let profiles: [MTAProfile] = [.postfix, .sendmail]
    return profiles.flatMap { profile in
      MTAMacros.names((profile.macros.lists[stage.callback] ?? "").utf8)
    }
  }
}

extension MilterStage {
  /// The callback before which the stage's macros come.
  fileprivate var callback: MilterCallback {
    switch self {
    case .connect: .connect
    case .helo: .helo
    case .envfrom: .envfrom
    case .envrcpt: .envrcpt
    case .data: .data
    case .eom: .eom
    case .eoh: .eoh
    }
  }
}
