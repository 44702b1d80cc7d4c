/// The encoding of values of ESMTP parameters: RFC 3461, section 4.
///
/// ```swift
/// XText.encode("e=mc2@example.com".utf8)  // e+3Dmc2@example.com
/// ```
public enum XText {
  private static let escape = UInt8(ascii: "+")

  /// Encodes any bytes.
  public static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var result: [UInt8] = []
    for byte in bytes {
      let isPlain = ASCII.isVisible(byte) && byte != escape && byte != UInt8(ascii: "=")
      result += isPlain ? [byte] : [escape] + ASCII.hexDigits(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Decodes a macro's value that Sendmail has encoded: each `+` with two hexadecimal digits in upper case.
  ///
  /// Other text stays unchanged.
  package static func decodeMacro(_ text: [UInt8]) -> [UInt8] {
    var rest = text[...]
    var result: [UInt8] = []
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      guard byte == escape, let escaped = digits.hexByte,
        !digits.contains(where: { UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 })
      else {
        result.append(byte)
        continue
      }
      result.append(escaped)
      rest = rest.dropFirst(2)
    }
    return result
  }

  /// Decodes a text; `nil` if a `+` is not followed by two hexadecimal digits.
  ///
  /// Digits in lower case are also accepted, and so are bytes that should have been encoded.
  public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var rest = Array(text)[...]
    var result: [UInt8] = []
    result.reserveCapacity(rest.count)
    while let byte = rest.popFirst() {
      guard byte == escape else {
        result.append(byte)
        continue
      }
      guard let escaped = rest.prefix(2).hexByte else { return nil }
      result.append(escaped)
      rest = rest.dropFirst(2)
    }
    return result
  }
}
