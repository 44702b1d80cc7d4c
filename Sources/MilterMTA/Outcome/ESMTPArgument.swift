/// The ESMTP arguments that MTAs accept from filters (RFC 3461).
///
/// Sendmail drops a recipient whose arguments it does not accept, and the filter does not learn of it.
package enum ESMTPArgument {
  /// Whether an argument is allowed for RCPT.
  package static func isOfRecipient(_ argument: [UInt8]) -> Bool {
    let (keyword, value) = parts(argument)
    switch keyword {
    case "NOTIFY":
      let words = value.uppercased().split(separator: ",", omittingEmptySubsequences: false)
      return words == ["NEVER"]
        || words.allSatisfy { ["SUCCESS", "FAILURE", "DELAY"].contains($0) }
    case "ORCPT":
      let halves = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
      return halves.count == 2 && isXtext(halves[1])
    default: return false
    }
  }

  /// Whether an argument is allowed for MAIL.
  package static func isOfSender(_ argument: [UInt8]) -> Bool {
    let (keyword, value) = parts(argument)
    switch keyword {
    case "RET": return ["FULL", "HDRS"].contains(value.uppercased())
    case "ENVID": return !value.isEmpty && isXtext(value[...])
    default: return false
    }
  }

  /// Whether Sendmail accepts an argument with a new sender.
  ///
  /// It accepts those that a client may send.
  static func isOfSendmailSender(_ argument: [UInt8]) -> Bool {
    isOfSender(argument)
      || ["SIZE", "BODY", "AUTH", "BY", "SMTPUTF8"].contains(parts(argument).keyword)
  }

  /// RFC 3461, 4: printable ASCII without the equals sign; a plus sign is followed by two hexadecimal digits in
  /// upper case.
  private static func isXtext(_ text: Substring) -> Bool {
    let bytes = Array(text.utf8)
    func isDigit(_ index: Int) -> Bool {
      bytes.indices.contains(index)
        && (0x30...0x39 ~= bytes[index] || 0x41...0x46 ~= bytes[index])
    }
    return bytes.indices.allSatisfy { index in
      switch bytes[index] {
      case UInt8(ascii: "+"): isDigit(index + 1) && isDigit(index + 2)
      case UInt8(ascii: "="): false
      default: 0x21...0x7E ~= bytes[index]
      }
    }
  }

  /// Returns the keyword in upper case, and the text after the equals sign.
  package static func parts(_ argument: [UInt8]) -> (keyword: String, value: String) {
    let halves = argument.split(separator: UInt8(ascii: "="), maxSplits: 1)
    let texts = halves.map { String(decoding: $0, as: UTF8.self) }
    return (texts.first?.uppercased() ?? "", texts.count == 2 ? texts[1] : "")
  }
}
