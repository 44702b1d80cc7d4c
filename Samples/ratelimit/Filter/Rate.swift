import MilterKit

/// How much a user may send.
public struct Rate: Sendable {
  private static let count = MilterSetting(
    "count", argument: "N", default: 100, in: 1...1_000_000,
    help: "how many a user may send at once")
  private static let period = MilterSetting(
    "period", argument: "SECONDS", default: 3600, in: 1...604_800,
    help: "time after which as many may follow")

  static var options: [any MilterProgramOption] { [count, period] }
  /// The rate as it is set.
  public static var current: Self {
    Self(count: count.value, period: .seconds(period.value))
  }

  /// How many messages a user may send at once, at least 1.
  public var count: Int
  /// After which time as many may follow.
  public var period: Duration

  /// Makes a rate.
  public init(count: Int, period: Duration) { (self.count, self.period) = (count, period) }
}
