import MilterCommandLine

/// The words of a line; a word with spaces, or a part of it, is in double quotes.
struct QuotedWords {
  private(set) var words: [String] = []

  /// Splits a line into words.
  ///
  /// In quotes, a backslash escapes a double quote or a backslash.
  ///
  /// - Throws: An error if a quote is not closed.
  init(_ text: String) throws {
    var word: String?
    var isQuoted = false
    var rest = text[...]
    while let next = rest.popFirst() {
      switch next {
      case "\"":
        isQuoted.toggle()
        word = word ?? ""
      case "\\" where isQuoted && (rest.first == "\"" || rest.first == "\\"):
        word?.append(rest.removeFirst())
      case _ where next.isWhitespace && !isQuoted:
        if let word { words.append(word) }
        word = nil
      default: word = (word ?? "") + String(next)
      }
    }
    guard !isQuoted else { throw MilterUsageError("\(text): a double quote is not closed") }
    if let word { words.append(word) }
  }
}
