/// Reads dates: RFC 5322, sections 3.3 and 4.3.
struct MailDateParser {
  private var scanner: StructuredScanner

  init(_ bytes: some Sequence<UInt8>) { scanner = StructuredScanner(bytes) }

  mutating func date() -> MailDate? {
    guard (try? scanner.skipCFWS()) != nil else { return nil }
    if let name = word() {
      guard CivilDate.weekdays.contains(where: { ASCII.isSame($0, String(name.prefix(3))) }) else {
        return nil
      }
      _ = scanner.take(",")
      guard (try? scanner.skipCFWS()) != nil else { return nil }
    }
    guard let day = number(1...2)?.value, let name = word(),
      let month = CivilDate.months.firstIndex(where: {
        ASCII.isSame($0, name) || ASCII.isSame(String($0.prefix(3)), name)
      }), let year = year(), let date = CivilDate(year: year, month: month + 1, day: day),
      let time = time(), let (offset, hasZone) = zone(), scanner.isAtEnd
    else { return nil }
    return MailDate(
      secondsSince1970: date.daysSince1970 * 86_400 + time - offset * 60, minutesFromUTC: offset,
      hasZone: hasZone)
  }

  /// Reads letters, and the white space after them.
  private mutating func word() -> String? {
    let word = scanner.run(while: ASCII.isLetter)
    guard !word.isEmpty, (try? scanner.skipCFWS()) != nil else { return nil }
    return String(decoding: word, as: UTF8.self)
  }

  /// Reads a number with a number of digits in a range, and the white space after it.
  private mutating func number(_ digits: ClosedRange<Int>) -> (value: Int, digits: Int)? {
    let text = scanner.run(while: ASCII.isDigit)
    guard digits ~= text.count, let value = Int(String(decoding: text, as: UTF8.self)),
      (try? scanner.skipCFWS()) != nil
    else { return nil }
    return (value, text.count)
  }

  private mutating func year() -> Int? {
    guard let (value, digits) = number(2...4) else { return nil }
    // RFC 5322, 4.3.
    return switch digits {
    case 2: value < 50 ? 2000 + value : 1900 + value
    case 3: 1900 + value
    default: value >= 1900 ? value : nil
    }
  }

  private mutating func time() -> Int? {
    guard let hour = number(1...2)?.value, hour < 24, colon(), let minute = number(1...2)?.value,
      minute < 60
    else { return nil }
    guard colon() else { return hour * 3600 + minute * 60 }
    // 60 is a leap second.
    guard let second = number(1...2)?.value, second <= 60 else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private mutating func colon() -> Bool {
    scanner.take(":") && (try? scanner.skipCFWS()) != nil
  }

  /// The hours of named zones (RFC 5322, 4.3); other names have no defined meaning.
  private static let zones = [
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "GMT": 0, "UT": 0, "UTC": 0, "Z": 0,
  ]

  private mutating func zone() -> (Int, hasZone: Bool)? {
    guard let sign = scanner.peek else { return (0, false) }
    guard scanner.take("+") || scanner.take("-") else {
      return word().map { name in
        Self.zones[name.uppercased()].map { ($0 * 60, true) } ?? (0, false)
      }
    }
    guard let (value, _) = number(4...4), value % 100 < 60 else { return nil }
    let minutes = value / 100 * 60 + value % 100
    return sign == UInt8(ascii: "+") ? (minutes, true) : (-minutes, minutes != 0)
  }
}
