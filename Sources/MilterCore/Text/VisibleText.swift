/// Text that is safe on a terminal and in one line of a log, with unsafe characters escaped.
package enum VisibleText {
  /// The maximum number of bytes of a value that are shown.
  package static let longest = 200

  /// Returns bytes as text on one line, cut to a maximum length, with all bytes escaped that are not printable
  /// ASCII.
  package static func escaped(_ bytes: some Collection<UInt8>) -> String {
    var text = ""
    for byte in bytes.prefix(longest) { text += escaped(byte) }
    let rest = bytes.count - longest
    return rest > 0 ? "\(text)... (\(rest) bytes more)" : text
  }

  /// Returns a byte as text: itself if it is printable ASCII, otherwise as in C, such as `\n` or `\x0f`.
  package static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case 0x20...0x7E: String(Unicode.Scalar(byte))
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    default: hexadecimal(byte)
    }
  }

  /// Returns a byte as text, such as `\x0f`.
  package static func hexadecimal(_ byte: UInt8) -> String {
    "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
  }

  /// Returns text with misleading characters escaped; see ``Swift/Unicode/Scalar/isMisleading``.
  package static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.isMisleading) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if !scalar.isMisleading {
        result.unicodeScalars.append(scalar)
      } else if let byte = UInt8(exactly: scalar.value) {
        result += hexadecimal(byte)
      } else {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return result
  }
}
