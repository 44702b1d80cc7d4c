/// An address with an optional display name: an entry of `From`, `To`, or `Cc`.
public struct Mailbox: Hashable, Sendable, CustomStringConvertible {
  /// The display name, with decoded encoded words; `nil` if it is missing.
  public var name: String?
  /// The address.
  public var address: MailAddress

  /// Creates a mailbox.
  ///
  /// - Parameters:
  ///   - name: The display name, which may be any text; `nil` for none.
  ///   - address: The address.
  public init(name: String? = nil, address: MailAddress) {
    self.name = name
    self.address = address
  }

  /// The mailbox as it is written in a header field; display names that are not ASCII become encoded words.
  public var description: String {
    name.map { "\(EncodedWord.phrase($0)) <\(address)>" } ?? "\(address)"
  }
}
