/// A source of a server's statistics.
protocol StatisticsSource: Sendable {
  /// The current statistics.
  var snapshot: MilterStatistics { get }
}
