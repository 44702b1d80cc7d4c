import MilterCore

/// Bytes in quotation marks as in C; bytes that are not printable ASCII are escaped.
enum QuotedBytes {
  static func quote(_ bytes: some Collection<UInt8>) -> String {
    var text = "\""
    for byte in bytes {
      let isMark = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
      text += (isMark ? "\\" : "") + VisibleText.escaped(byte)
    }
    return text + "\""
  }

  /// Reads a quoted text from the start; `nil` if the text does not begin with one.
  static func unquote(_ rest: inout Substring.UTF8View) -> [UInt8]? {
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    rest = rest.dropFirst()
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") { return bytes }
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "x"):
        let number = String(decoding: rest.prefix(2), as: UTF8.self)
        guard number.utf8.count == 2, let byte = UInt8(number, radix: 16) else { return nil }
        bytes.append(byte)
        rest = rest.dropFirst(2)
      case let byte? where byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\"):
        bytes.append(byte)
      default: return nil
      }
    }
    return nil
  }
}
