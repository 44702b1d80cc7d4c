package import MilterRuntime

extension FilterInMemory {
  /// Connects a filter; its callbacks run when bytes come.
  package convenience init(
    _ milter: Milter, log: MilterLog, onError: MilterErrorAnswer = .tempfail
  ) {
    self.init(MilterHandler(milter), log: log, onError: onError)
  }
}
