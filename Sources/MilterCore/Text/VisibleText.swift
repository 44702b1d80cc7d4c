/// Text that is safe on a terminal and in one line of a log.
///
/// Bytes of unsafe characters, and bytes that are not UTF-8, are escaped as in C, such as `\n` or `\xe2\x80\xa8`.
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
    default: "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
    }
  }

  /// Returns text with misleading characters escaped; see ``Swift/Unicode/Scalar/isMisleading``.
  package static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.isMisleading) else { return text }
    return visible(Array(text.utf8))
  }

  /// Returns bytes as text, with misleading characters and bytes that are not UTF-8 escaped.
  package static func visible(_ bytes: [UInt8]) -> String {
    decoded(bytes, escaping: \.isMisleading)
  }

  /// Returns bytes as text, with bytes that are not UTF-8 escaped.
  package static func decoded(_ bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self) ?? decoded(bytes) { _ in false }
  }

  private static func decoded(
    _ bytes: [UInt8], escaping isEscaped: (Unicode.Scalar) -> Bool
  ) -> String {
    var text = ""
    for piece in UTF8Pieces(bytes) {
      switch piece {
      case .scalar(let scalar) where !isEscaped(scalar): text.unicodeScalars.append(scalar)
      case .scalar(let scalar): for byte in String(scalar).utf8 { text += escaped(byte) }
      case .invalid(let bytes): for byte in bytes { text += escaped(byte) }
      }
    }
    return text
  }
}
