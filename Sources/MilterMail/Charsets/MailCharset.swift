/// A character set of mail.
///
/// The supported character sets are US-ASCII, UTF-8, ISO 8859-1 to -16, Windows-1250 to -1258, KOI8-R, and
/// KOI8-U. A filter must not change text in other character sets.
public struct MailCharset: Hashable, Sendable {
  private enum Kind: Hashable, Sendable {
    case ascii
    case utf8
    /// A single-byte character set, with the characters of the bytes from 0x80 on.
    case upperHalf([Unicode.Scalar])
  }

  private let kind: Kind

  /// US-ASCII, the default of a text that does not declare a character set.
  public static let usASCII = MailCharset(kind: .ascii)
  /// UTF-8.
  public static let utf8 = MailCharset(kind: .utf8)

  private init(kind: Kind) { self.kind = kind }

  /// Finds the character set with a name as used in mail; `nil` if it is not supported.
  ///
  /// - Parameter name: A name such as `iso-8859-1`, `latin1`, or `cp1252`, regardless of case.
  public init?(named name: String) {
    // Spellings differ only in case and punctuation: ISO_8859-1, iso8859-1, ISO-8859-1.
    let letters = name.utf8.lazy.map(ASCII.lowercased).filter {
      0x30...0x39 ~= $0 || 0x61...0x7A ~= $0
    }
    var key = String(decoding: letters, as: UTF8.self)
    key = Self.aliases[key] ?? key
    switch key {
    case "usascii": self = .usASCII
    case "utf8": self = .utf8
    default:
      guard let scalars = Self.upperHalves[key] else { return nil }
      self = MailCharset(kind: .upperHalf(scalars))
    }
  }

  /// Other names at IANA, and further names in mail.
  private static let aliases: [String: String] = {
    var aliases = [
      "ascii": "usascii", "ansix341968": "usascii", "ansix341986": "usascii",
      "iso646us": "usascii", "us": "usascii", "iso88591us": "iso88591",
      "unicode11utf8": "utf8", "cp65001": "utf8",
      "iso885911987": "iso88591", "iso885921987": "iso88592", "iso885931988": "iso88593",
      "iso885941988": "iso88594", "iso885951988": "iso88595", "iso885961987": "iso88596",
      "iso885971987": "iso88597", "iso885981988": "iso88598", "iso88598i": "iso88598",
      "iso885991989": "iso88599", "cyrillic": "iso88595", "arabic": "iso88596",
      "greek": "iso88597", "hebrew": "iso88598", "tis620": "iso885911", "koi8": "koi8r",
    ]
    for page in 1250...1258 { aliases["cp\(page)"] = "windows\(page)" }
    // Latin-5 is part 9: the numbers of the alphabets differ from the numbers of the parts.
    for (latin, part) in [1: 1, 2: 2, 3: 3, 4: 4, 5: 9, 6: 10, 7: 13, 8: 14, 9: 15, 10: 16] {
      aliases["latin\(latin)"] = "iso8859\(part)"
      aliases["l\(latin)"] = "iso8859\(part)"
    }
    return aliases
  }()

  private static let upperHalves: [String: [Unicode.Scalar]] = tables.mapValues { table in
    let known = Array(table.unicodeScalars)
    // ISO 8859 reserves the bytes below 0xA0 for the control characters with the same numbers.
    let controls = (0x80..<(0x100 - known.count)).map { Unicode.Scalar(UInt8($0)) }
    return controls + known
  }

  /// Returns bytes in this character set as text; `nil` if they are not valid.
  public func decode(_ bytes: some Collection<UInt8>) -> String? {
    switch kind {
    case .ascii:
      return bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
    case .utf8: return String(validating: bytes, as: UTF8.self)
    case .upperHalf(let scalars):
      var text = String.UnicodeScalarView()
      for byte in bytes {
        let scalar = byte < 0x80 ? Unicode.Scalar(byte) : scalars[Int(byte) - 0x80]
        guard scalar != "\u{FFFD}" else { return nil }
        text.append(scalar)
      }
      return String(text)
    }
  }

  /// Returns text as bytes in this character set; `nil` if a character is not in it.
  public func encode(_ text: String) -> [UInt8]? {
    encode(text) { _ in nil }
  }

  /// Returns HTML as bytes in this character set; other characters become character references.
  public func encodeHTML(_ html: String) -> [UInt8] {
    encode(html) { Array("&#\($0.value);".utf8) } ?? []
  }

  private func encode(
    _ text: String, replacing replacement: (Unicode.Scalar) -> [UInt8]?
  ) -> [UInt8]? {
    if kind == .utf8 { return Array(text.utf8) }
    var numbers: [Unicode.Scalar: UInt8] = [:]
    if case .upperHalf(let scalars) = kind {
      for (index, scalar) in scalars.enumerated() where scalar != "\u{FFFD}" {
        numbers[scalar] = UInt8(0x80 + index)
      }
    }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else if let number = numbers[scalar] {
        bytes.append(number)
      } else if let substitute = replacement(scalar) {
        bytes += substitute
      } else {
        return nil
      }
    }
    return bytes
  }
}
