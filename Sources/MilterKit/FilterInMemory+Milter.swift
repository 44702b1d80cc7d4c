package import MilterRuntime

extension FilterInMemory {
  /// Connects a filter, whose callbacks run when bytes arrive.
  package convenience init(
    _ milter: MilterBase, log: MilterLog, onError: MilterErrorAnswer = .tempfail,
    shadow: Bool = false
  ) {
    self.init(milter.makeHandler(), log: log, onError: onError, shadow: shadow)
  }
}
