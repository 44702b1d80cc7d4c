package import MilterCore

/// The macros that an MTA has sent, for filters behind a chain or a relay.
package struct RelayedMacros: Sendable {
  /// The macros of each stage.
  package var packets: [(stage: MilterStage, macros: [MilterMacro])] = []
  /// The names that a filter without a list gets at a stage; all names if the stage is missing here.
  package var defaults: [MilterStage: [[UInt8]]] = [:]
  /// Whether an empty list of a filter is ignored.
  package var ignoresEmptyLists = false

  /// Creates an empty value.
  package init() {}
}

extension MTASession {
  /// Passes on the macros of a step as far as the filter would have got them from the other MTA.
  mutating func relay(before step: MTAStep) {
    guard let macros = relayedMacros(before: step) else { return }
    MTACommand.macro(step.code.rawValue, macros).write(to: &writer)
  }

  /// The other MTA's macros for a step as far as the filter would have got them; `nil` if there was no packet.
  func relayedMacros(before step: MTAStep) -> [MilterMacro]? {
    guard let stage = step.stage,
      let packet = relayed?.packets.first(where: { $0.stage == stage })?.macros
    else { return nil }
    let names = requested(before: step).map { MTAMacros.names($0) } ?? relayed?.defaults[stage]
    return names.map { names in
      packet.filter { names.contains(MTAMacros.canonical($0.name)) }
    } ?? packet
  }
}
