import MilterCore

/// The index of each of a thread's counters.
///
/// ```
/// messages, bytes … │ errors │ answers, callback by callback │ times, callback by callback
/// ```
///
/// If times are not measured, the layout ends after the answers.
enum CounterLayout {
  /// The counters that do not exist for each callback.
  enum Single: Int, CaseIterable {
    case bytesReceived, bytesSent, messages, abortedMessages, shadowedRefusals, shadowedChanges
    case healthChecks

    /// The counter's place in the statistics.
    var path: WritableKeyPath<MilterStatistics, Int> {
      switch self {
      case .bytesReceived: \.bytesReceived
      case .bytesSent: \.bytesSent
      case .messages: \.messages
      case .abortedMessages: \.abortedMessages
      case .shadowedRefusals: \.shadowedRefusals
      case .shadowedChanges: \.shadowedChanges
      case .healthChecks: \.healthChecks
      }
    }
  }

  private static let errors = Single.allCases.count
  private static let answers = errors + MilterStatistics.ErrorKind.allCases.count
  /// The raw values of statuses begin at 0, and have gaps; `allOptions` has the largest one.
  private static var statuses: Int { 1 + Int(MilterStatus.allOptions.rawValue) }
  private static var times: Int { answers + MilterCallback.allCases.count * statuses }
  /// The number of buckets, and the sum after them.
  private static let timesOfOne = MilterHistogram.nanoseconds.count + 2

  /// The maximum number of counters.
  static let count = times + MilterCallback.allCases.count * timesOfOne

  /// Returns the number of counters.
  static func count(timesCallbacks: Bool) -> Int { timesCallbacks ? count : times }

  static func place(of error: MilterStatistics.ErrorKind) -> Int { errors + error.rawValue }

  static func place(of callback: MilterCallback, _ status: MilterStatus) -> Int {
    answers + Int(callback.rawValue) * statuses + Int(status.rawValue)
  }

  static func place(of callback: MilterCallback, bucket: Int) -> Int {
    times + Int(callback.rawValue) * timesOfOne + bucket
  }

  static func placeOfSum(_ callback: MilterCallback) -> Int {
    place(of: callback, bucket: timesOfOne - 1)
  }
}
