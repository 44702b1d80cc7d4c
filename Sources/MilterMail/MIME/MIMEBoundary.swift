/// Creates boundaries that do not occur in the parts.
enum MIMEBoundary {
  /// RFC 2045, 6.7, recommends `=_`, which no line of quoted-printable or base64 can contain.
  private static let prefix = Array("=_milter_".utf8)

  /// Returns a boundary that does not occur in some bytes; the time depends only on their length.
  static func unused(in texts: [[UInt8]]) -> String {
    var taken: Set<Int> = []
    for text in texts { collect(text, into: &taken) }
    var number = 1
    while taken.contains(number) { number += 1 }
    return String(decoding: prefix, as: UTF8.self) + "\(number)_"
  }

  /// Collects the numbers of all such boundaries in a text.
  private static func collect(_ text: [UInt8], into numbers: inout Set<Int>) {
    var rest = text[...]
    while let start = rest.firstIndex(of: prefix[0]) {
      rest = rest[start...]
      guard rest.starts(with: prefix) else {
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(prefix.count)
      let digits = rest.prefix(12).prefix(while: ASCII.isDigit)
      if let number = Int(String(decoding: digits, as: UTF8.self)) { numbers.insert(number) }
    }
  }

  /// Whether a line of a text begins like a delimiter of one of some multiparts.
  ///
  /// RFC 2046, 5.1.1: the text after the boundary in the line does not matter.
  static func isIn(_ text: ArraySlice<UInt8>, _ boundaries: [[UInt8]]) -> Bool {
    guard !boundaries.isEmpty else { return false }
    let hyphen = UInt8(ascii: "-")
    var line = text.startIndex
    while line < text.endIndex {
      if text[line...].starts(with: [hyphen, hyphen]) {
        let rest = text[(line + 2)...]
        if boundaries.contains(where: { rest.starts(with: $0) }) { return true }
      }
      line = MailHeaders.lineEnd(text, from: line)
    }
    return false
  }
}
