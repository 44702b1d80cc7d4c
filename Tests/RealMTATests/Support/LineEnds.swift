/// The notation for bytes in the documentation: words, and names of control characters.
enum LineEnds {
  private static let names: [(String, UInt8)] = [("CR", 0x0d), ("LF", 0x0a), ("SP", 0x20)]

  /// Returns the bytes of a text such as `a CR LF b`.
  static func bytes(_ text: String) -> [UInt8] {
    text.split(separator: " ").flatMap { word in
      names.first { $0.0 == word }.map { [$0.1] } ?? Array(word.utf8)
    }
  }

  /// Returns the text for bytes.
  static func text(_ bytes: [UInt8]) -> String {
    var words: [String] = []
    var isInWord = false
    for byte in bytes {
      if let name = names.first(where: { $0.1 == byte })?.0 {
        words.append(name)
        isInWord = false
      } else {
        let letter = String(decoding: [byte], as: UTF8.self)
        if isInWord { words[words.count - 1] += letter } else { words.append(letter) }
        isInWord = true
      }
    }
    return words.joined(separator: " ")
  }
}
