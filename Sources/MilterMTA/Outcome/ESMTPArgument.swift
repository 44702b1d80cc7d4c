/// The ESMTP arguments that MTAs take from filters (RFC 3461).
enum ESMTPArgument {
  /// Whether an argument can be one of RCPT.
  static func isOfRecipient(_ argument: [UInt8]) -> Bool {
    let (keyword, value) = parts(argument)
    switch keyword {
    case "NOTIFY":
      let words = value.uppercased().split(separator: ",", omittingEmptySubsequences: false)
      return words == ["NEVER"]
        || words.allSatisfy { ["SUCCESS", "FAILURE", "DELAY"].contains($0) }
    case "ORCPT": return value.contains(";")
    default: return false
    }
  }

  /// Whether an argument can be one of MAIL.
  static func isOfSender(_ argument: [UInt8]) -> Bool {
    let (keyword, value) = parts(argument)
    switch keyword {
    case "RET": return ["FULL", "HDRS"].contains(value.uppercased())
    case "ENVID": return !value.isEmpty
    default: return false
    }
  }

  /// The name before the equals sign, in capital letters, and what is behind it.
  static func parts(_ argument: [UInt8]) -> (keyword: String, value: String) {
    let halves = argument.split(separator: UInt8(ascii: "="), maxSplits: 1)
    let texts = halves.map { String(decoding: $0, as: UTF8.self) }
    return (texts.first?.uppercased() ?? "", texts.count == 2 ? texts[1] : "")
  }
}
