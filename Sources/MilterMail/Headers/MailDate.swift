/// The value of a header field such as `Date`: RFC 5322, sections 3.3 and 4.3.
///
/// ```swift
/// MailDate("Fri, 21 Nov 1997 09:55:06 -0600")?.secondsSince1970  // 880127706
/// ```
public struct MailDate: Hashable, Sendable, CustomStringConvertible {
  /// The moment, in seconds since 1970 in UTC, without leap seconds.
  public let secondsSince1970: Int
  /// The offset of the local time from UTC, in minutes.
  public let minutesFromUTC: Int
  /// Whether the local time zone is known; if not, the zone is written as `-0000`.
  public let hasZone: Bool

  /// Creates a date; `nil` if the year is not from 1900 to 9999, or the offset is 100 hours or more.
  ///
  /// - Parameters:
  ///   - secondsSince1970: The moment, in seconds since 1970 in UTC.
  ///   - minutesFromUTC: The offset of the local time from UTC, in minutes.
  ///   - hasZone: Whether the local time zone is known; if not, the time is in UTC.
  public init?(secondsSince1970: Int, minutesFromUTC: Int = 0, hasZone: Bool = true) {
    guard -2_208_988_800..<253_402_300_800 ~= secondsSince1970,
      -5999...5999 ~= minutesFromUTC,
      -2_208_988_800..<253_402_300_800 ~= secondsSince1970 + minutesFromUTC * 60
    else { return nil }
    self.secondsSince1970 = secondsSince1970
    self.minutesFromUTC = hasZone ? minutesFromUTC : 0
    self.hasZone = hasZone
  }

  /// Reads the value of a header field; `nil` if it is not a date.
  ///
  /// The parser accepts obsolete dates: years with two or three digits, names of zones, and comments. It also
  /// accepts common deviations: full names of months, a missing comma after the day, and a missing zone.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  public init?(_ value: some Sequence<UInt8>) {
    var parser = MailDateParser(value)
    guard let date = parser.date() else { return nil }
    self = date
  }

  /// Reads the value of a header field; `nil` if it is not a date.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  public init?(_ value: String) { self.init(value.utf8) }

  /// The date as it is written in a header field: `Fri, 21 Nov 1997 09:55:06 -0600`.
  public var description: String {
    let local = secondsSince1970 + minutesFromUTC * 60
    let seconds = ((local % 86_400) + 86_400) % 86_400
    let date = CivilDate(daysSince1970: (local - seconds) / 86_400)
    let offset = abs(minutesFromUTC)
    let zone = hasZone && minutesFromUTC >= 0 ? "+" : "-"
    return
      "\(CivilDate.weekdays[date.weekday]), \(date.day) \(CivilDate.months[date.month - 1].prefix(3)) "
      + "\(Self.padded(date.year, 4)) \(Self.padded(seconds / 3600)):\(Self.padded(seconds / 60 % 60)):"
      + "\(Self.padded(seconds % 60)) \(zone)\(Self.padded(offset / 60))\(Self.padded(offset % 60))"
  }

  private static func padded(_ number: Int, _ width: Int = 2) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
