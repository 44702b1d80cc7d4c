/// The value of the ESMTP parameter `AUTH`: RFC 4954, section 5.
public enum ESMTPAuth: Hashable, Sendable {
  /// `<>`: the client does not know the submitter, or does not trust it.
  case unknown
  /// The decoded address of the submitter.
  case submitter(String)

  /// Reads the value; `nil` if it is not valid.
  ///
  /// - Parameter value: The value as it was written.
  public init?(_ value: String) {
    guard value != "<>" else {
      self = .unknown
      return
    }
    guard !value.isEmpty, let bytes = XText.decode(value.utf8),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    self = .submitter(text)
  }

  /// The value as it is written.
  public var encoded: String {
    switch self {
    case .unknown: "<>"
    case .submitter(let address): address.isEmpty ? "<>" : XText.encode(address.utf8)
    }
  }
}
