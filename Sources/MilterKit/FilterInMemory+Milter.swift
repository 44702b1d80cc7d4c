package import MilterRuntime

extension FilterInMemory {
  /// Connects a filter; its callbacks run when bytes come.
  package convenience init(_ milter: Milter, log: MilterLog) {
    self.init(MilterHandler(milter), log: log)
  }
}
