public import MilterKit

/// After how many seconds what happens to a triplet.
public struct TripletTimes: Sendable {
  private static let delay = MilterSetting(
    "delay", argument: "SECONDS", default: 300, help: "shortest wait")
  private static let window = MilterSetting(
    "window", argument: "SECONDS", default: 172_800, help: "longest wait")
  private static let keep = MilterSetting(
    "keep", argument: "SECONDS", default: 3_024_000, help: "how long to remember who passed")

  /// The options that set the times.
  public static var options: [any MilterProgramOption] { [delay, window, keep] }
  /// The times as they are set.
  public static var current: Self {
    Self(delay: delay.value, window: window.value, keep: keep.value)
  }

  /// The shortest wait.
  public var delay: Int
  /// The longest wait: a client that returns later begins again.
  public var window: Int
  /// How long to remember who passed, counted from the last mail.
  public var keep: Int

  /// Makes times, in seconds.
  public init(delay: Int, window: Int, keep: Int) {
    (self.delay, self.window, self.keep) = (delay, window, keep)
  }

  /// Throws if nobody could pass.
  func check() throws {
    guard window >= delay else {
      throw MilterUsageError(
        "--window \(window) is below --delay \(delay): no mail could pass; "
          + "give a longer window or a shorter delay")
    }
  }
}
