/// The transfer encoding base64 of RFC 2045, section 6.8.
public enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  private static let padding = UInt8(ascii: "=")

  /// Encodes bytes.
  ///
  /// - Parameters:
  ///   - bytes: The bytes to encode.
  ///   - lineLength: The maximum length of a line, each of which ends with CR LF; `nil` for a single line
  ///     without a line end.
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
      result.append(second == nil ? padding : alphabet[Int(bits >> 6 & 63)])
      result.append(third == nil ? padding : alphabet[Int(bits & 63)])
      column += 4
    }
    if lineLength != nil, column > 0 { result += ASCII.crlf }
    return result
  }

  /// Decodes bytes up to the padding.
  ///
  /// White space between characters is ignored. Text after the padding does not belong to the encoding; see
  /// ``contentEnd(_:)``.
  ///
  /// - Parameter text: The encoded bytes; the padding may be missing.
  /// - Returns: The bytes; `nil` if they end within a byte, or if a line before the padding is not Base64: it
  ///   has other characters, or words that do not consist of groups of four characters, such as the footers of
  ///   mailing lists.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    scan(text, isLenient: false)?.bytes
  }

  /// Returns the index where the encoded data ends: after the padding, or at the end of the text.
  ///
  /// - Parameter text: The encoded bytes.
  /// - Returns: An offset from the start; `nil` if ``decode(_:)`` returns `nil`. The rest contains more than
  ///   white space and padding only if text was appended to the encoded bytes.
  public static func contentEnd(_ text: some Collection<UInt8>) -> Int? {
    scan(text, isLenient: false)?.end
  }

  /// Decodes the text of an encoded word, and ignores characters that are not Base64.
  static func decodeLeniently(_ text: some Collection<UInt8>) -> [UInt8]? {
    scan(text, isLenient: true)?.bytes
  }

  private static func scan(
    _ text: some Collection<UInt8>, isLenient: Bool
  ) -> (bytes: [UInt8], end: Int)? {
    var result: [UInt8] = []
    result.reserveCapacity(text.count / 4 * 3)
    var (bits, count, end) = (UInt32(0), 0, 0)
    var line = Line()
    var isPadded = false
    for letter in text {
      isPadded = isPadded || letter == padding
      guard !isPadded || letter == padding else { break }
      end += 1
      guard !isPadded else { continue }
      let value = values[Int(letter)]
      if value == 0xFF {
        guard isLenient || line.passes(letter) else { return nil }
        continue
      }
      guard isLenient || line.takes() else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 1
      if count == 4 {
        result.append(UInt8(truncatingIfNeeded: bits >> 16))
        result.append(UInt8(truncatingIfNeeded: bits >> 8))
        result.append(UInt8(truncatingIfNeeded: bits))
        (bits, count) = (0, 0)
      }
    }
    switch count {
    case 0: break
    case 2: result.append(UInt8(truncatingIfNeeded: bits >> 4))
    case 3:
      result.append(UInt8(truncatingIfNeeded: bits >> 10))
      result.append(UInt8(truncatingIfNeeded: bits >> 2))
    default: return nil
    }
    return (result, end)
  }

  /// A line of encoded text.
  private struct Line {
    /// The number of characters in the current word.
    private var letters = 0
    /// Whether white space followed a word of this line.
    private var isSpaced = false
    /// Whether a word that is not a whole group was before the white space.
    private var isBroken = false
    /// Whether the text has the mark with which some MTAs break long lines.
    private var isMarked = false

    /// Handles a Base64 character; returns `false` if the line is not Base64.
    mutating func takes() -> Bool {
      if isMarked || isSpaced && isBroken { return false }
      isSpaced = false
      letters += 1
      return true
    }

    /// Handles another character; returns `false` if the line is not Base64.
    mutating func passes(_ byte: UInt8) -> Bool {
      switch byte {
      case ASCII.lf: self = Line()
      case ASCII.cr: break
      case ASCII.space, ASCII.tab:
        if letters > 0 { (isSpaced, isBroken, letters) = (true, letters % 4 != 0, 0) }
      case UInt8(ascii: "!") where !isMarked && letters > 0: isMarked = true
      default: return false
      }
      return true
    }
  }
}
