/// The value of the ESMTP parameter `AUTH`: RFC 4954, section 5.
public enum ESMTPAuth: Hashable, Sendable {
  /// `<>`: nobody that the client knows, or trusts.
  case unknown
  /// The address of who submitted the message, decoded.
  case submitter(String)

  /// Reads the value; `nil` if it is not valid.
  ///
  /// - Parameter value: the value as it was written.
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
