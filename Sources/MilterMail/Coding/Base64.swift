/// The transfer encoding base64 of RFC 2045, section 6.8.
public enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  /// Encodes bytes.
  ///
  /// - Parameters:
  ///   - bytes: what is to be encoded.
  ///   - lineLength: how long lines may be, each ended by CR LF; nil for a single line without end.
  /// - Returns: ASCII.
  public static func encode(
    _ bytes: some Collection<UInt8>, lineLength: Int? = 76
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / 3 * 4 + bytes.count / 28 + 8)
    var column = 0
    var rest = bytes.makeIterator()
    while let first = rest.next() {
      let (second, third) = (rest.next(), rest.next())
      let bits = UInt32(first) << 16 | UInt32(second ?? 0) << 8 | UInt32(third ?? 0)
      if let lineLength, column + 4 > lineLength, column > 0 {
        result += ASCII.crlf
        column = 0
      }
      result.append(alphabet[Int(bits >> 18 & 63)])
      result.append(alphabet[Int(bits >> 12 & 63)])
      result.append(second == nil ? UInt8(ascii: "=") : alphabet[Int(bits >> 6 & 63)])
      result.append(third == nil ? UInt8(ascii: "=") : alphabet[Int(bits & 63)])
      column += 4
    }
    if lineLength != nil, column > 0 { result += ASCII.crlf }
    return result
  }

  /// Decodes bytes; nil if they end within a byte.
  ///
  /// Characters that are not of the alphabet are passed over, as the standard demands. Behind
  /// padding another encoding may follow, as it does where programs have joined two.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 4 * 3)
    var (bits, count) = (UInt32(0), 0)
    func flush() -> Bool {
      switch count {
      case 0: return true
      case 2: result.append(UInt8(truncatingIfNeeded: bits >> 4))
      case 3:
        result.append(UInt8(truncatingIfNeeded: bits >> 10))
        result.append(UInt8(truncatingIfNeeded: bits >> 2))
      default: return false
      }
      (bits, count) = (0, 0)
      return true
    }
    for letter in text {
      let value = values[Int(letter)]
      if value == 0xFF {
        if letter == UInt8(ascii: "="), !flush() { return nil }
        continue
      }
      bits = bits << 6 | UInt32(value)
      count += 1
      if count == 4 {
        result.append(UInt8(truncatingIfNeeded: bits >> 16))
        result.append(UInt8(truncatingIfNeeded: bits >> 8))
        result.append(UInt8(truncatingIfNeeded: bits))
        (bits, count) = (0, 0)
      }
    }
    return flush() ? result : nil
  }
}
