import MilterCore

extension SMTPReply {
  /// Describes the mistake in the lines of a filter's reply; `nil` if all lines are `ddd-text` with CR LF,
  /// except a last line `ddd text` without CR LF, and each status code has the class of its line.
  static func fault(inLinesOf text: [UInt8]) -> String? {
    var rest = text[...]
    while true {
      let end = rest.firstIndex { $0 == 0x0D || $0 == 0x0A }
      let line = rest[..<(end ?? rest.endIndex)]
      if let difference = MilterReply.classDifference(line) { return difference }
      let separator = UInt8(ascii: end == nil ? " " : "-")
      guard line.count > 3, line.prefix(3).allSatisfy({ 0x30...0x39 ~= $0 }),
        line.first == UInt8(ascii: "4") || line.first == UInt8(ascii: "5"),
        line.dropFirst(3).first == separator
      else { return "a line does not begin with a code and \"-\", or \" \" in the last one" }
      guard let end else { return nil }
      guard rest[end...].starts(with: MTAMessage.lineEnd) else {
        return "a line ends without CR LF"
      }
      rest = rest[(end + 2)...]
    }
  }
}
