/// The value of `Content-Transfer-Encoding`: RFC 2045, section 6.
public enum MIMETransferEncoding: Hashable, Sendable {
  /// Lines of ASCII.
  case sevenBit
  /// Lines of any bytes.
  case eightBit
  /// Bytes without lines.
  case binary
  /// Encoded, but mostly readable.
  case quotedPrintable
  /// Encoded, and not readable.
  case base64
  /// Another encoding, such as `x-uuencode`, in lower case.
  case other(String)

  /// Reads the value of a header field.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
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

  /// Reads the value of a header field.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  public init(_ value: String) { self.init(value.utf8) }

  /// The encoding's name in a header field.
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

  /// Decodes bytes; `nil` if the encoding is unknown, or the bytes are not valid in it.
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
  /// For base64 and binary, all bytes are allowed. For other encodings, they must be text with CR LF at the end
  /// of each line.
  ///
  /// The result is `nil` if the encoding is unknown or cannot represent the bytes. For example, 7bit and 8bit
  /// cannot represent a single CR or LF.
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

  /// Whether these are lines that RFC 5321 allows: at most 998 bytes, with CR LF at the end, and without NUL.
  ///
  /// An MTA converts a single CR or LF to a line end, or drops it.
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
