/// The value of `Content-Transfer-Encoding`: RFC 2045, section 6.
public enum MIMETransferEncoding: Hashable, Sendable {
  /// Lines of ASCII.
  case sevenBit
  /// Lines of any bytes.
  case eightBit
  /// Bytes without lines.
  case binary
  /// Mostly readable.
  case quotedPrintable
  /// Not readable at all.
  case base64
  /// Anything else, such as `x-uuencode`, in small letters.
  case other(String)

  /// Reads a header's value.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  public init(_ value: some Sequence<UInt8>) {
    var scanner = StructuredScanner(value)
    switch scanner.mimeToken()?.lowercased() {
    case "7bit": self = .sevenBit
    case "8bit": self = .eightBit
    case "binary": self = .binary
    case "quoted-printable": self = .quotedPrintable
    case "base64": self = .base64
    case let name: self = .other(name ?? "")
    }
  }

  /// Reads a header's value.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  public init(_ value: String) { self.init(value.utf8) }

  /// The encoding's name in a header.
  public var name: String {
    switch self {
    case .sevenBit: "7bit"
    case .eightBit: "8bit"
    case .binary: "binary"
    case .quotedPrintable: "quoted-printable"
    case .base64: "base64"
    case .other(let name): name
    }
  }

  /// Takes the encoding off; nil if it is not known, or the bytes are not in it.
  public func decode(_ bytes: some Collection<UInt8>) -> [UInt8]? {
    switch self {
    case .sevenBit, .eightBit, .binary: Array(bytes)
    case .quotedPrintable: QuotedPrintable.decode(bytes)
    case .base64: Base64.decode(bytes)
    case .other: nil
    }
  }

  /// Encodes bytes.
  ///
  /// For base64 and binary they can be any bytes, otherwise a text whose lines end with CR LF.
  ///
  /// The result is `nil` if the encoding is not known or cannot represent the bytes. For example, 7bit and 8bit cannot
  /// represent a single CR or LF.
  public func encode(_ bytes: some Collection<UInt8>) -> [UInt8]? {
    switch self {
    case .sevenBit: Self.areLines(bytes) && bytes.allSatisfy { $0 < 0x80 } ? Array(bytes) : nil
    case .eightBit: Self.areLines(bytes) ? Array(bytes) : nil
    case .binary: Array(bytes)
    case .quotedPrintable: QuotedPrintable.encode(bytes)
    case .base64: Base64.encode(bytes)
    case .other: nil
    }
  }

  /// Whether these are lines as RFC 5321 lets them pass: of at most 998 bytes, ended by CR LF, without
  /// NUL.
  ///
  /// An MTA makes a line end of a CR or LF alone, or takes it out.
  private static func areLines(_ bytes: some Collection<UInt8>) -> Bool {
    var length = 0
    var isAfterCR = false
    for byte in bytes {
      guard isAfterCR == (byte == ASCII.lf) else { return false }
      isAfterCR = byte == ASCII.cr
      switch byte {
      case ASCII.lf: length = 0
      case ASCII.cr: break
      case 0: return false
      default: length += 1
      }
      if length > 998 { return false }
    }
    return !isAfterCR
  }
}
