import MilterCore

/// A refusal for the SMTP client.
struct SMTPReply: Hashable, Sendable {
  var verdict: MTAVerdict
  var lines: [[UInt8]]
  /// Whether single percent signs were dropped.
  var hadLonePercent = false

  /// Creates a reply of one line.
  init(_ verdict: MTAVerdict, _ text: String) { self.init(verdict, [Array(text.utf8)]) }

  /// Creates a reply of several lines.
  init(_ verdict: MTAVerdict, _ lines: [[UInt8]]) {
    self.verdict = verdict
    self.lines = lines
  }

  /// Whether the client gets other lines than the filter has sent: one too few, or additional ones.
  private(set) var isCut = false

  /// Reads a filter's own reply; `nil` if no MTA would pass it on.
  ///
  /// The first line must have a code of class 4 or 5. Both MTAs pass on the rest. As in both, `%%` becomes `%`.
  /// As in Postfix, a single `%` is dropped.
  init?(_ text: [UInt8], as dialect: MTAProfile.Dialect = .complete) {
    verdict = .reject
    lines = []
    let rows = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    let code = text.prefix(3)
    guard code.count == 3, code.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
      return nil
    }
    guard code.first == UInt8(ascii: "4") || code.first == UInt8(ascii: "5") else { return nil }
    verdict = MTAVerdict(refusal: code)
    let separator = text.dropFirst(3).first
    guard separator == 0x20 || separator == UInt8(ascii: "-") else { return nil }
    for (number, row) in rows.enumerated() {
      if dialect == .stalwart {
        appendAsIs(row)
      } else {
        append(row)
      }
      let isContinued = row.dropFirst(3).first == UInt8(ascii: "-")
      let isLast = number == rows.count - 1
      if isContinued == isLast { isCut = true }
      if !isContinued { break }
    }
  }

  /// Appends a line as Stalwart does: it ends the first one, and looks at no percent signs.
  private mutating func appendAsIs(_ row: ArraySlice<UInt8>) {
    var line = Array(row.last == 0x0D ? row.dropLast() : row)
    if lines.isEmpty {
      isCut = line[3] == UInt8(ascii: "-")
      line[3] = 0x20
    }
    lines.append(line)
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

  /// Converts bytes of the text that are not printable ASCII, as the MTA does.
  mutating func adapt(to text: MTAProfile.Replies.ReplyText) {
    switch text {
    case .kept: break
    case .sevenBit: lines = lines.map { line in Array(line.map { $0 & 0x7F }.prefix { $0 != 0 }) }
    case .printable: lines = lines.map(Self.printable)
    }
  }

  /// Returns the line with a space for each control character and each byte that is not UTF-8.
  private static func printable(_ line: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for piece in UTF8Pieces(line) {
      switch piece {
      case .scalar(let scalar) where scalar.isASCII && !(0x20...0x7E ~= scalar.value):
        result.append(0x20)
      case .scalar(let scalar): result += String(scalar).utf8
      case .invalid(let bytes): result += [UInt8](repeating: 0x20, count: bytes.count)
      }
    }
    return result
  }

  /// Returns the text of a line after the code and the enhanced code.
  static func text(of line: [UInt8]) -> ArraySlice<UInt8> {
    let rest = line.dropFirst(4)
    let words = rest.split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, let first = words.first, first.contains(UInt8(ascii: ".")),
      first.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") })
    else { return rest }
    return words[1]
  }

  /// Adds `X.0.0` to a reply of one line without an enhanced code.
  mutating func addEnhancedCode() {
    guard lines.count == 1, let digit = lines[0].first else { return }
    let rest = lines[0].dropFirst(4)
    guard Self.text(of: lines[0]).count == rest.count else { return }
    lines[0] = lines[0].prefix(3) + [0x20, digit] + Array(".0.0 ".utf8) + rest
  }

  /// Cuts the text after a number of bytes, including line ends.
  mutating func limit(to size: Int) {
    var left = size
    lines = lines.compactMap { line in
      guard left > 0 else { return nil }
      defer { left -= line.count + 2 }
      return Array(line.prefix(left))
    }
  }

  /// Whether the client's connection is closed after it.
  var disconnects: Bool { lines.first?.disconnectsClient ?? false }
}
