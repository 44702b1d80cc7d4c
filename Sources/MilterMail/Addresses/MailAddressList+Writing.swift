extension MailAddressList {
  /// Creates a list from entries.
  public init(items: [Item]) { self.items = items }

  /// Creates a list from mailboxes.
  public init(_ mailboxes: [Mailbox]) { items = mailboxes.map { .mailbox($0) } }

  /// Returns the list as the value of a header field, folded, with LF between lines.
  ///
  /// Display names that are not ASCII become encoded words (RFC 2047). Lines have at most 76 characters, except
  /// for a longer address. Addresses that are not ASCII are written in UTF-8 (RFC 6532).
  ///
  /// - Parameter column: The number of characters before the value in the first line: the field's name and `:
  ///   `.
  /// - Returns: The value.
  /// - Throws: ``MailSyntaxError`` if an address has control characters or an invalid domain.
  public func encoded(column: Int = "Reply-To: ".utf8.count) throws(MailSyntaxError) -> String {
    var pieces: [String] = []
    for (index, item) in items.enumerated() {
      // The first piece is after the field's name; a punctuation mark may follow the name of a group.
      let taken = index == 0 ? column : 1
      switch item {
      case .mailbox(let mailbox): pieces += try Self.pieces(mailbox, column: taken)
      case .group(let name, let members):
        pieces += EncodedWord.phrasePieces(name, column: taken + 1)
        Self.end(&pieces, ":")
        for (index, member) in members.enumerated() {
          pieces += try Self.pieces(member, column: 1)
          if index < members.count - 1 { Self.end(&pieces, ",") }
        }
        Self.end(&pieces, ";")
      }
      if index < items.count - 1 { Self.end(&pieces, ",") }
    }
    return EncodedWord.fold(pieces, column: column)
  }

  private static func end(_ pieces: inout [String], _ mark: String) {
    pieces[pieces.count - 1] += mark
  }

  private static func pieces(
    _ mailbox: Mailbox, column: Int
  ) throws(MailSyntaxError) -> [String] {
    let address = mailbox.address
    guard !address.localPart.unicodeScalars.contains(where: Self.isControl) else {
      throw MailSyntaxError(.unexpectedByte, "a local part", at: 0)
    }
    // Only text that is read as the same address is written.
    guard let text = MailAddress("\(address)"), text.localPart == address.localPart,
      text.domain.utf8.elementsEqual(address.domain.utf8)
    else { throw MailSyntaxError(.unexpectedByte, "a domain", at: 0) }
    guard let name = mailbox.name else { return ["\(address)"] }
    return EncodedWord.phrasePieces(name, column: column) + ["<\(address)>"]
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
  }
}
