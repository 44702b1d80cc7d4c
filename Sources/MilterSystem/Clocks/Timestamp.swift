import MilterPlatform

/// Times in the format of RFC 3339.
package enum Timestamp {
  /// The current time in UTC with microseconds, such as `2026-11-26T19:31:25.012345Z`.
  package static var now: String {
    let (seconds, nanoseconds) = WallClock.now
    return text(seconds: seconds, microseconds: nanoseconds / 1000)
  }

  /// Returns a time since 1970.
  ///
  /// The corresponding C function is `gmtime_r`.
  package static func text(seconds: Int, microseconds: Int) -> String {
    var seconds = time_t(seconds)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ number: Int, _ count: Int) -> String {
      let text = "\(number)"
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    let date = [
      digits(Int(parts.tm_year) + 1900, 4), digits(Int(parts.tm_mon) + 1, 2),
      digits(Int(parts.tm_mday), 2),
    ]
    let clock = [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)].map { digits($0, 2) }
    return date.joined(separator: "-") + "T" + clock.joined(separator: ":") + "."
      + digits(microseconds, 6) + "Z"
  }
}
