/// The value of a header with addresses: `From`, `Sender`, `Reply-To`, `To`, `Cc` and the like.
///
/// All of RFC 5322's grammar is read, the obsolete one too: comments, quoted strings, groups,
/// routes, address literals. Beyond it, what mail in the wild has and no reader takes amiss: bytes
/// that are not ASCII (in domains UTF-8 only), dots side by side or at the end of a local part, encoded words with commas.
///
/// ```swift
/// let list = try MailAddressList("Pete <pete@silly.test>, A Group:Ed <ed@a.test>,joe@b.test;")
/// list.mailboxes.map(\.address.domain)  // ["silly.test", "a.test", "b.test"]
/// ```
public struct MailAddressList: Hashable, Sendable {
  /// An entry of the list.
  public enum Item: Hashable, Sendable {
    /// A single mailbox.
    case mailbox(Mailbox)
    /// A group with its members, of which there may be none, as in `undisclosed-recipients:;`.
    case group(name: String, members: [Mailbox])
  }

  /// The entries in their order.
  public var items: [Item]

  /// Reads a header's value.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  /// - Throws: ``MailSyntaxError`` if it cannot be read in one way only. A filter that decides by
  ///   addresses should refuse or mark such a message: other programs may see another address.
  public init(_ value: some Sequence<UInt8>) throws(MailSyntaxError) {
    items = try AddressParser.list(value)
  }

  /// Reads a header's value.
  ///
  /// - Parameter value: the value, byte for byte as in the message.
  /// - Throws: ``MailSyntaxError`` if it cannot be read in one way only.
  public init(_ value: String) throws(MailSyntaxError) { try self.init(value.utf8) }

  /// All mailboxes, those of groups among the others.
  public var mailboxes: [Mailbox] {
    items.flatMap { item in
      switch item {
      case .mailbox(let mailbox): [mailbox]
      case .group(_, let members): members
      }
    }
  }
}
