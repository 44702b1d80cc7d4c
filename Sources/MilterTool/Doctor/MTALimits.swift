/// The limits that an MTA sets for a filter.
struct MTALimits: Hashable, Sendable {
  /// The protocol version that it offers.
  var version: UInt32 = 6
  /// The timeout for a connection and the answer to the offer, in seconds.
  var connectTimeout = 30
  /// The timeout for a reply before the content, in seconds.
  var commandTimeout = 30
  /// The timeout for a reply to the content, in seconds.
  var contentTimeout = 300

  private static let units: [Character: Int] = [
    "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800,
  ]

  /// Reads a time of Postfix such as `30s` or `5m`; `nil` if Postfix refuses it.
  ///
  /// Postfix 3.7 reads a number and one letter, and ignores the rest.
  static func seconds(_ text: some StringProtocol) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number > 0 else { return nil }
    guard let letter = text[digits.endIndex...].first else { return limited(number, 1) }
    return units[letter].flatMap { limited(number, $0) }
  }

  /// Reads a time of Sendmail such as `30s` or `1m30s`; `nil` if Sendmail reports an error.
  static func sendmailSeconds(_ text: some StringProtocol) -> Int? {
    var rest = text[...]
    var sum = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits) else { return nil }
      rest = rest[digits.endIndex...]
      guard let unit = rest.first.map({ units[$0] }) ?? 1, let part = limited(number, unit),
        let total = limited(sum + part, 1)
      else { return nil }
      sum = total
      rest = rest.dropFirst()
    }
    return text.isEmpty ? nil : sum
  }

  /// MTAs store times in 32 bits.
  private static func limited(_ number: Int, _ unit: Int) -> Int? {
    let (seconds, isTooMuch) = number.multipliedReportingOverflow(by: unit)
    return isTooMuch || seconds > Int(Int32.max) ? nil : seconds
  }
}
