import MilterCore

/// The text of a reply, divided into lines that both MTAs pass on.
enum ReplyText {
  /// The maximum number of octets of a reply line, with its code and its line end: RFC 5321, section 4.5.3.1.5.
  private static let longestLine = 512
  /// The number of octets after which Sendmail cuts a reply.
  private static let longestReply = 16 * 1024

  /// Whether a text must be divided: it has several lines, or more bytes than libmilter accepts on one line.
  static func needsLines(_ text: [UInt8]) -> Bool {
    text.count > WireLimits.replyLine || text.contains(0x0A)
  }

  /// Divides a text at its line ends, and wraps long lines at spaces.
  ///
  /// - Parameters:
  ///   - text: The text, with each `%` doubled.
  ///   - extended: The enhanced status code at the start of each line.
  /// - Returns: The lines.
  /// - Throws: ``MilterError`` if the MTA could not pass on all lines.
  static func lines(_ text: [UInt8], extended: String) throws(MilterError) -> [[UInt8]] {
    // "550-", a space after the status, CR and LF.
    let overhead = 4 + extended.utf8.count + 1 + 2
    var lines: [[UInt8]] = []
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let line = line.last == 0x0D ? line.dropLast() : line
      lines += wrapped(line, to: longestLine - overhead)
    }
    if lines.last?.isEmpty ?? false, text.last == 0x0A { lines.removeLast() }
    let size = lines.reduce(0) { $0 + $1.count + overhead }
    guard lines.count <= WireLimits.replyLines, size <= longestReply else {
      throw MilterError(
        .invalidReply,
        "the reply has \(lines.count) lines and \(size) bytes; MTAs pass on at most "
          + "\(WireLimits.replyLines) lines and \(longestReply) bytes")
    }
    return lines
  }

  private static func wrapped(_ line: ArraySlice<UInt8>, to width: Int) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var rest = line
    while rest.count > width {
      let limit = rest.startIndex + width
      if let space = rest[...limit].lastIndex(of: 0x20), space > rest.startIndex {
        lines.append(Array(rest[..<space]))
        rest = rest[(space + 1)...]
      } else {
        let cut = place(upTo: limit, in: rest)
        lines.append(Array(rest[..<cut]))
        rest = rest[cut...]
      }
    }
    return lines + [Array(rest)]
  }

  /// The last position up to a limit that divides neither a character nor a doubled `%`.
  private static func place(upTo limit: Int, in line: ArraySlice<UInt8>) -> Int {
    var cut = limit
    // A UTF-8 character has at most three bytes after its first one.
    while cut > limit - 3, line[cut] & 0xC0 == 0x80 { cut -= 1 }
    let percents = line[..<cut].reversed().prefix { $0 == UInt8(ascii: "%") }.count
    return percents % 2 == 1 ? cut - 1 : cut
  }
}
