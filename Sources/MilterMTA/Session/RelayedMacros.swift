package import MilterCore

/// The macros that an MTA has sent, for filters after the one that it talks to.
package struct RelayedMacros: Sendable {
  /// The macros of each stage.
  package var packets: [MilterStage: [MilterMacro]] = [:]
  /// The names that a filter gets at a stage for which it has asked for none; all where there is no
  /// list.
  package var defaults: [MilterStage: [[UInt8]]] = [:]
  /// Whether an empty list of a filter's counts for none.
  package var ignoresEmptyLists = false

  /// Makes macros of an MTA that has sent none.
  package init() {}
}

extension MTASession {
  /// Passes on the macros of a step as far as the filter would have got them from the other MTA.
  mutating func relay(_ relayed: RelayedMacros, before step: MTAStep) {
    guard let stage = step.stage, let packet = relayed.packets[stage] else { return }
    let names = requested(before: step).map { MTAMacros.names($0) } ?? relayed.defaults[stage]
    let macros = names.map { names in
      packet.filter { names.contains(MTAMacros.canonical($0.name)) }
    }
    MTACommand.macro(step.code.rawValue, macros ?? packet).write(to: &writer)
  }
}
