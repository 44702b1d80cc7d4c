import MilterCore
import MilterMail

/// Converts text to the value of a header field.
enum FieldText {
  /// RFC 5322, 2.1.1: the length that a line should not exceed.
  private static let longestLine = 78

  /// The value of a field with a text: encoded if it is not ASCII, and folded if it is long.
  static func value(_ text: String, name: String) throws(MilterError) -> [UInt8] {
    guard !text.unicodeScalars.contains(where: isControl) else {
      throw MilterError(
        .invalidArgument,
        "\(name): text for a header field contains a line break or control character")
    }
    let column = name.utf8.count + 2
    guard text.utf8.allSatisfy({ 0x20...0x7E ~= $0 || $0 == 0x09 }) else {
      return Array(EncodedWord.encode(text, column: column).utf8)
    }
    return column + text.utf8.count <= longestLine ? Array(text.utf8) : folded(text, column)
  }

  /// Whether a character is a line break or a control character, which are not allowed in text on one line.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 && scalar != "\t" || scalar == "\u{7F}"
  }

  /// The text with line breaks before spaces, but without blank lines.
  private static func folded(_ text: String, _ column: Int) -> [UInt8] {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    var result: [UInt8] = []
    var width = column
    for (number, word) in words.enumerated() {
      if number > 0 {
        if width + 1 + word.utf8.count > longestLine, !isBlank(word), !isBlank(words[number - 1]) {
          result.append(0x0A)
          width = 0
        }
        result.append(0x20)
        width += 1
      }
      result += word.utf8
      width += word.utf8.count
    }
    return result
  }

  private static func isBlank(_ word: Substring) -> Bool { word.allSatisfy { $0 == "\t" } }
}
