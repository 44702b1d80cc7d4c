package import MilterRuntime

extension FilterInMemory {
  /// Connects a filter; its callbacks run when bytes come.
  package convenience init(
    _ milter: MilterBase, log: MilterLog, onError: MilterErrorAnswer = .tempfail
  ) {
    self.init(milter.makeHandler(), log: log, onError: onError)
  }
}
