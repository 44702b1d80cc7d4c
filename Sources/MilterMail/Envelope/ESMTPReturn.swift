/// The value of the ESMTP parameter `RET`: RFC 3461, section 4.3.
public enum ESMTPReturn: String, Hashable, Sendable {
  /// The whole message.
  case full = "FULL"
  /// Only the header.
  case headers = "HDRS"
}
