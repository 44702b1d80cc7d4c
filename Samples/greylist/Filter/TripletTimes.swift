public import MilterKit

/// The times of greylisting, in seconds.
public struct TripletTimes: Sendable {
  private static let delay = MilterSetting(
    "delay", argument: "SECONDS", default: 300, help: "the shortest wait")
  private static let window = MilterSetting(
    "window", argument: "SECONDS", default: 172_800, help: "the longest wait")
  private static let keep = MilterSetting(
    "keep", argument: "SECONDS", default: 3_024_000,
    help: "how long to remember a triplet that has passed")

  /// The options that set the times.
  public static var options: [any MilterProgramOption] { [delay, window, keep] }
  /// The times that the options specify.
  public static var current: Self {
    Self(delay: delay.value, window: window.value, keep: keep.value)
  }

  /// The shortest wait.
  public var delay: Int
  /// The longest wait: a client that returns later has to wait again.
  public var window: Int
  /// The time for which a triplet that has passed is remembered, counted from its last mail.
  public var keep: Int

  /// Creates times, in seconds.
  public init(delay: Int, window: Int, keep: Int) {
    self.delay = delay
    self.window = window
    self.keep = keep
  }

  /// Throws an error if no mail could pass.
  func check() throws {
    guard window >= delay else {
      throw MilterUsageError(
        "--window \(window) is below --delay \(delay): no mail could pass; "
          + "give a longer window or a shorter delay")
    }
  }
}
