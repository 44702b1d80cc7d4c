/// The value of the ESMTP parameter `BODY`.
public enum ESMTPBody: String, Hashable, Sendable {
  /// Lines of ASCII: RFC 6152.
  case sevenBit = "7BIT"
  /// Lines of any bytes: RFC 6152.
  case eightBitMIME = "8BITMIME"
  /// Bytes without lines: RFC 3030.
  case binaryMIME = "BINARYMIME"
}
