/// Which ESMTP arguments MTAs take from filters (RFC 3461).
///
/// Sendmail drops a recipient whose arguments it does not take, without a word to the filter.
enum ArgumentRules {
  /// Whether an argument can be given to a recipient.
  static func isOfRecipient(_ argument: String) -> Bool {
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

  /// Whether an argument can be given to a sender.
  static func isOfSender(_ argument: String) -> Bool {
    let (keyword, value) = parts(argument)
    switch keyword {
    case "RET": return ["FULL", "HDRS"].contains(value.uppercased())
    case "ENVID": return !value.isEmpty
    default: return false
    }
  }

  /// The name before the equals sign in capital letters, and what follows the sign.
  static func parts(_ argument: String) -> (keyword: String, value: String) {
    let halves = argument.split(separator: "=", maxSplits: 1).map(String.init)
    return (halves.first?.uppercased() ?? "", halves.count == 2 ? halves[1] : "")
  }
}
