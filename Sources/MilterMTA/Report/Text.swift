/// Bytes made readable: what is not printable ASCII is escaped.
enum Text {
  /// The most bytes of a line that are shown.
  static let longest = 200

  /// The bytes as text on one line, cut if they are too many.
  static func escaped(_ bytes: some Collection<UInt8>) -> String {
    var text = ""
    for byte in bytes.prefix(longest) {
      switch byte {
      case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x09: text += "\\t"
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      default: text += hexadecimal(byte)
      }
    }
    let rest = bytes.count - longest
    return rest > 0 ? "\(text)... (\(rest) bytes more)" : text
  }

  /// A byte as `\x0f`.
  static func hexadecimal(_ byte: UInt8) -> String {
    "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
  }
}
