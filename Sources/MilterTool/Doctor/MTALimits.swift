/// What an MTA asks of a filter.
struct MTALimits: Hashable, Sendable {
  /// The protocol version it offers.
  var version: UInt32 = 6
  /// How many seconds it waits for a connection and the answer to its offer.
  var connectTimeout = 30
  /// How many seconds it waits for a reply before the content.
  var commandTimeout = 30
  /// How many seconds it waits for a reply to the content.
  var contentTimeout = 300

  /// Reads a time such as `30s` or `5m`; nil if it is none.
  static func seconds(_ text: some StringProtocol) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let last = text.last else { return nil }
    if let unit = units[last] {
      guard let number = Int(text.dropLast()) else { return nil }
      let (seconds, isTooMuch) = number.multipliedReportingOverflow(by: unit)
      return isTooMuch ? nil : seconds
    }
    return Int(text)
  }
}
