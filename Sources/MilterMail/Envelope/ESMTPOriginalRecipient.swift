/// The value of the ESMTP parameter `ORCPT`: RFC 3461, section 4.2, and RFC 6533, section 3.
public struct ESMTPOriginalRecipient: Hashable, Sendable {
  /// The kind of address, such as `rfc822` or `utf-8`, in the client's spelling.
  public let addressType: String
  /// The address, decoded.
  public let address: String

  /// Creates a value; `nil` if the type is not an atom, or the address is empty.
  ///
  /// - Parameters:
  ///   - addressType: The kind of address.
  ///   - address: The address.
  public init?(addressType: String, address: String) {
    guard !addressType.isEmpty, !address.isEmpty,
      addressType.utf8.allSatisfy({ $0 < 0x80 && ASCII.isAtext($0) && $0 != UInt8(ascii: "=") })
    else { return nil }
    self.addressType = addressType
    self.address = address
  }

  /// Creates a value from a mail address.
  ///
  /// Its type is `rfc822` if the address is ASCII, otherwise `utf-8`.
  public init?(_ address: MailAddress) {
    let text = "\(address)"
    self.init(addressType: text.utf8.allSatisfy { $0 < 0x80 } ? "rfc822" : "utf-8", address: text)
  }

  /// Reads the value; `nil` if it is not valid.
  ///
  /// - Parameter value: The value as it was written.
  public init?(_ value: String) {
    let parts = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let bytes =
      ASCII.isSame(String(parts[0]), "utf-8")
      ? Self.decodeUnicode(parts[1].utf8) : XText.decode(parts[1].utf8)
    guard let bytes, let address = String(validating: bytes, as: UTF8.self) else { return nil }
    self.init(addressType: String(parts[0]), address: address)
  }

  /// The value as it is written, in ASCII.
  public var encoded: String {
    guard ASCII.isSame(addressType, "utf-8") else {
      return "\(addressType);\(XText.encode(address.utf8))"
    }
    let text = address.unicodeScalars.map { scalar in
      let isPlain = 0x21...0x7E ~= scalar.value && !["\\", "+", "="].contains(scalar)
      return isPlain ? String(scalar) : "\\x{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
    return "\(addressType);\(text.joined())"
  }

  /// Decodes `\x{E4}` of RFC 6533, section 3.
  private static func decodeUnicode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var rest = Array(text)[...]
    var result: [UInt8] = []
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      guard rest.starts(with: "x{".utf8) else { return nil }
      let digits = rest.dropFirst(2).prefix(7).prefix { $0 != UInt8(ascii: "}") }
      rest = rest[digits.endIndex...]
      guard digits.count <= 6, digits.allSatisfy({ ASCII.hexValue($0) != nil }),
        rest.popFirst() == UInt8(ascii: "}"),
        let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
        let scalar = Unicode.Scalar(number)
      else { return nil }
      result += String(scalar).utf8
    }
    return result
  }
}
