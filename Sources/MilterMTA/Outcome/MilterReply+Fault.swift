package import MilterCore

extension MilterReply {
  /// Describes why Postfix takes a filter's reply for a mistake.
  ///
  /// - Parameters:
  ///   - text: The reply as the filter has sent it.
  ///   - eachLine: Whether all lines are checked, as Postfix 3.11 does, or only the first one.
  /// - Returns: The mistake; `nil` if the reply is correct.
  package static func fault(in text: [UInt8], eachLine: Bool) -> String? {
    if eachLine { return SMTPReply.fault(inLinesOf: text) }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard text.count > 3, text[0] == UInt8(ascii: "4") || text[0] == UInt8(ascii: "5"),
      digits ~= text[1], digits ~= text[2],
      text[3] == UInt8(ascii: " ") || text[3] == UInt8(ascii: "-")
    else { return "it is not an SMTP reply of class 4 or 5" }
    return classDifference(text)
  }
}
