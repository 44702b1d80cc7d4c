import MilterMTA

/// The limits that an MTA sets for a filter.
struct MTALimits: Hashable, Sendable {
  /// The protocol version that it offers.
  var version: UInt32 = 6
  /// The timeout for a connection, in seconds.
  var connectTimeout: Int
  /// The timeout for the answer to the offer and for a reply before the content, in seconds.
  var commandTimeout: Int
  /// The timeout for a reply to the content, in seconds.
  var contentTimeout: Int
  /// Whether the MTA gives up on a filter that wants a later protocol version.
  var refusesLaterVersions = true
  /// Whether the MTA gives up on a filter that wants steps that are not offered.
  var refusesUnknownSteps = true

  /// Creates the default limits of an MTA.
  init(_ profile: MTAProfile = .postfix) {
    connectTimeout = Int(profile.connectTimeout.components.seconds)
    commandTimeout = Int(profile.commandTimeout.components.seconds)
    contentTimeout = Int((profile.endTimeout ?? profile.contentTimeout).components.seconds)
  }

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

  /// Reads a time of Sendmail such as `30s` or `1m30s`.
  ///
  /// Sendmail complains about a unit that it does not know, and takes seconds instead.
  ///
  /// - Returns: The time, and whether Sendmail takes it without a complaint; `nil` for one that is too long.
  static func sendmailSeconds(_ text: some StringProtocol) -> (seconds: Int, isValid: Bool)? {
    var rest = text[...]
    var sum = 0
    var isValid = !rest.isEmpty
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = digits.isEmpty ? 0 : Int(digits) else { return nil }
      rest = rest[digits.endIndex...]
      let unit = rest.first.map { units[$0] } ?? 1
      isValid = isValid && !digits.isEmpty && unit != nil
      guard let part = limited(number, unit ?? 1), let total = limited(sum + part, 1) else {
        return nil
      }
      sum = total
      rest = rest.dropFirst()
    }
    return (sum, isValid)
  }

  /// MTAs store times in 32 bits.
  private static func limited(_ number: Int, _ unit: Int) -> Int? {
    let (seconds, isTooMuch) = number.multipliedReportingOverflow(by: unit)
    return isTooMuch || seconds > Int(Int32.max) ? nil : seconds
  }
}
