/// A filter in Sendmail's configuration: a line that begins with `X`.
struct SendmailFilter: Sendable {
  let name: String
  /// The value of `S=`: the filter's socket.
  private(set) var socket = ""
  /// The value of `F=`: the action if the filter fails.
  private(set) var flags = ""
  /// The value of `T=`: the timeouts by letter, in seconds.
  private(set) var timeouts: [Character: Int] = [:]
  /// The mistakes with which Sendmail does not start.
  private(set) var mistakes: [String] = []
  /// The mistakes that Sendmail only complains about.
  private(set) var slips: [String] = []

  /// Reads the text after the `X`.
  init(_ text: Substring) {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    let first = fields[0].split(maxSplits: 1, whereSeparator: \.isWhitespace)
    name = first.first.map(String.init) ?? ""
    for field in (first.count > 1 ? [first[1]] : []) + fields.dropFirst() {
      let text = PostfixText.trimmed(field)
      if text.isEmpty { continue }
      guard let equals = text.firstIndex(of: "=") else {
        mistakes.append("`=' expected in \"\(text)\"")
        continue
      }
      read(text.first ?? "=", PostfixText.trimmed(text[text.index(after: equals)...]))
    }
    if socket.isEmpty { mistakes.append("empty or missing socket information") }
  }

  private mutating func read(_ code: Character, _ value: String) {
    switch code {
    case "S": socket = value
    case "F": flags = value
    case "T":
      for time in value.split(separator: ";").map(PostfixText.trimmed) where !time.isEmpty {
        readTime(time)
      }
    default: mistakes.append("unknown filter equate \(code)=")
    }
  }

  private mutating func readTime(_ time: String) {
    let parts = time.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let letter = parts[0].first else {
      mistakes.append("`:' expected in \"T=\(time)\"")
      return
    }
    guard "CSRE".contains(letter) else {
      mistakes.append("unknown filter timeout \(letter)")
      return
    }
    guard let (seconds, isValid) = MTALimits.sendmailSeconds(PostfixText.trimmed(parts[1])) else {
      slips.append("the time \"\(time)\" is too long")
      return
    }
    timeouts[letter] = seconds
    if !isValid {
      slips.append(
        "invalid time \"\(time)\": Sendmail takes it for \(seconds) s; the units are s, m, h, d and w"
      )
    }
  }
}
