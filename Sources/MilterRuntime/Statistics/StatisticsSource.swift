/// Whatever has a server's statistics.
protocol StatisticsSource: Sendable {
  /// All that was counted so far.
  var snapshot: MilterStatistics { get }
}
