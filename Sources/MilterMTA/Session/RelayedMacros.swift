package import MilterCore

/// The macros that an MTA has sent, for filters behind a chain or a relay.
package struct RelayedMacros: Sendable {
  /// The macros of each stage.
  package var packets: [MilterStage: [MilterMacro]] = [:]
  /// The names that a filter without a list gets at a stage; all names if the stage is missing here.
  package var defaults: [MilterStage: [[UInt8]]] = [:]
  /// Whether an empty list of a filter is ignored.
  package var ignoresEmptyLists = false

  /// Creates an empty value.
  package init() {}
}

extension MTASession {
  /// Passes on the macros of a step that the filter would have got from the other MTA.
  mutating func relay(_ relayed: RelayedMacros, before step: MTAStep) {
    guard let stage = step.stage, let packet = relayed.packets[stage] else { return }
    let names = requested(before: step).map { MTAMacros.names($0) } ?? relayed.defaults[stage]
    let macros = names.map { names in
      packet.filter { names.contains(MTAMacros.canonical($0.name)) }
    }
    MTACommand.macro(step.code.rawValue, macros ?? packet).write(to: &writer)
  }
}
