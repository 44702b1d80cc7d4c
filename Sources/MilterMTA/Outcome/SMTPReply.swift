import MilterCore

/// A refusal as the SMTP client sees it.
struct SMTPReply: Hashable, Sendable {
  var verdict: MTAVerdict
  var lines: [[UInt8]]
  /// Whether lone percent signs were dropped.
  var hadLonePercent = false

  /// The reply for a plain reject.
  static let rejected = Self(.reject, "550 5.7.1 Command rejected")
  /// The reply for a plain tempfail.
  static let tempfailed = Self(.tempfail, "451 4.7.1 Service unavailable - try again later")
  /// The reply for shutdown.
  static let shutdown = Self(.disconnect, "421 4.7.0 Server closing connection")
  /// The reply to DATA without recipients.
  static let noRecipients = Self(.reject, "554 5.5.1 Error: no valid recipients")

  private init(_ verdict: MTAVerdict, _ text: String) {
    self.verdict = verdict
    lines = [Array(text.utf8)]
  }

  /// Reads what a filter sent as its own reply; nil if no MTA would pass that on.
  ///
  /// All lines must have the same code, of class 4 or 5. As by both MTAs `%%` is turned into `%`,
  /// and as by Postfix a lone `%` is dropped.
  init?(_ text: [UInt8]) {
    verdict = .reject
    lines = []
    let rows = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    let code = text.prefix(3)
    guard code.count == 3, code.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
      return nil
    }
    switch code.first {
    case UInt8(ascii: "4"): verdict = .tempfail
    case UInt8(ascii: "5"): verdict = .reject
    default: return nil
    }
    for (number, row) in rows.enumerated() {
      let separator = row.dropFirst(3).first
      let isSeparated = separator == nil || separator == 0x20 || separator == 0x0D
      let isContinued = separator == UInt8(ascii: "-") && number < rows.count - 1
      guard row.starts(with: code), isSeparated || isContinued else { return nil }
      append(row)
    }
  }

  private mutating func append(_ row: ArraySlice<UInt8>) {
    var line: [UInt8] = []
    var isPending = false
    for byte in row {
      if byte == UInt8(ascii: "%"), !isPending {
        isPending = true
        continue
      }
      if isPending, byte != UInt8(ascii: "%") { hadLonePercent = true }
      isPending = false
      line.append(byte)
    }
    if isPending { hadLonePercent = true }
    while line.last == 0x20 || line.last == 0x0D { line.removeLast() }
    lines.append(line)
  }

  /// Whether the client's connection is closed after it.
  var disconnects: Bool { lines.first?.starts(with: "421".utf8) ?? false }
}
