/// An address with the name that may stand before it: one entry of `From`, `To` or `Cc`.
public struct Mailbox: Hashable, Sendable, CustomStringConvertible {
  /// The display name, its encoded words decoded; nil if it is missing.
  public var name: String?
  /// The address.
  public var address: MailAddress

  /// Makes a mailbox.
  ///
  /// - Parameters:
  ///   - name: the display name, which may be any text; nil for none.
  ///   - address: the address.
  public init(name: String? = nil, address: MailAddress) {
    self.name = name
    self.address = address
  }

  /// The mailbox as it is written in a header; names that are not ASCII in encoded words.
  public var description: String {
    name.map { "\(EncodedWord.phrase($0)) <\(address)>" } ?? "\(address)"
  }
}
