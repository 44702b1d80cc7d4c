import MilterCore

/// A refusal as the SMTP client sees it.
struct SMTPReply: Hashable, Sendable {
  var verdict: MTAVerdict
  var lines: [[UInt8]]
  /// Whether lone percent signs were dropped.
  var hadLonePercent = false

  /// The reply for shutdown.
  static let shutdown = Self(.disconnect, "421 4.7.0 Server closing connection")

  /// A reply of one line.
  init(_ verdict: MTAVerdict, _ text: String) { self.init(verdict, [Array(text.utf8)]) }

  /// A reply of lines.
  init(_ verdict: MTAVerdict, _ lines: [[UInt8]]) {
    self.verdict = verdict
    self.lines = lines
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
    if line.last == 0x0D { line.removeLast() }
    lines.append(line)
  }

  /// What of a line is behind the code and the enhanced code.
  static func text(of line: [UInt8]) -> ArraySlice<UInt8> {
    let rest = line.dropFirst(4)
    let words = rest.split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, let first = words.first, first.contains(UInt8(ascii: ".")),
      first.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") })
    else { return rest }
    return words[1]
  }

  /// Puts `X.0.0` into a reply of one line that has no enhanced code before its text.
  mutating func addEnhancedCode() {
    guard lines.count == 1, let digit = lines[0].first else { return }
    let rest = lines[0].dropFirst(4)
    guard Self.text(of: lines[0]).count == rest.count else { return }
    lines[0] = lines[0].prefix(3) + [0x20, digit] + Array(".0.0 ".utf8) + rest
  }

  /// Cuts off what is beyond so many bytes, line ends counted.
  mutating func limit(to size: Int) {
    var left = size
    lines = lines.compactMap { line in
      guard left > 0 else { return nil }
      defer { left -= line.count + 2 }
      return Array(line.prefix(left))
    }
  }

  /// Whether the client's connection is closed after it.
  var disconnects: Bool { lines.first?.starts(with: "421".utf8) ?? false }
}
