/// The value of a header field with addresses, such as `From`, `Sender`, `Reply-To`, `To`, or `Cc`.
///
/// The parser accepts RFC 5322's whole grammar, including the obsolete forms: comments, quoted strings, groups,
/// routes, and address literals. It also accepts common deviations that all programs read in the same way:
/// bytes that are not ASCII (in domains, only UTF-8), consecutive dots or a dot at the end of a local part, and
/// encoded words with commas.
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
    /// A group with its members; it may be empty, as in `undisclosed-recipients:;`.
    case group(name: String, members: [Mailbox])
  }

  /// The entries in order.
  public var items: [Item]

  /// Reads the value of a header field.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  /// - Throws: ``MailSyntaxError`` if the value is not valid or is ambiguous. A filter that decides by
  ///   addresses should refuse or mark such a message, because other programs may find another address.
  public init(_ value: some Sequence<UInt8>) throws(MailSyntaxError) {
    items = try AddressParser.list(value)
  }

  /// Reads the value of a header field.
  ///
  /// - Parameter value: The value, byte for byte as in the message.
  /// - Throws: ``MailSyntaxError`` if the value is not valid or is ambiguous.
  public init(_ value: String) throws(MailSyntaxError) { try self.init(value.utf8) }

  /// All mailboxes, including those of groups.
  public var mailboxes: [Mailbox] {
    items.flatMap { item in
      switch item {
      case .mailbox(let mailbox): [mailbox]
      case .group(_, let members): members
      }
    }
  }
}
