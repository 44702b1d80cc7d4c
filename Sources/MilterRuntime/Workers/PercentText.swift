import MilterCore

/// Encodes text as a word without spaces and commas, in which `%2C` represents a byte.
enum PercentText {
  /// Returns the word; empty for empty text.
  static func word(_ text: String) -> String {
    var word = ""
    for byte in text.utf8 {
      if byte.isNameByte {
        word.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        word += "%" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return word
  }

  /// Returns the text of a word; `nil` if the word is not valid.
  static func text(_ word: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(word.utf8)[...]
    while let byte = rest.popFirst() {
      if byte.isNameByte {
        bytes.append(byte)
      } else {
        let digits = rest.prefix(2)
        guard byte == UInt8(ascii: "%"), digits.count == 2,
          let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
