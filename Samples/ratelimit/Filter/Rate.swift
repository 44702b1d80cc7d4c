import MilterKit

/// The amount of mail that a user may send.
public struct Rate: Sendable {
  private static let count = MilterSetting(
    "count", argument: "N", default: 100, in: 1...1_000_000,
    help: "the number of messages or recipients that a user may send at once")
  private static let period = MilterSetting(
    "period", argument: "SECONDS", default: 3600, in: 1...604_800,
    help: "the time after which a user may send that number again")

  static var options: [any MilterProgramOption] { [count, period] }
  /// The rate that the options specify.
  public static var current: Self {
    Self(count: count.value, period: .seconds(period.value))
  }

  /// The number of messages or recipients that a user may send at once, at least 1.
  public var count: Int
  /// The time after which a user may send that number again.
  public var period: Duration

  /// Creates a rate.
  public init(count: Int, period: Duration) {
    self.count = count
    self.period = period
  }
}
