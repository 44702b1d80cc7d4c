extension MailAddressList {
  /// Makes a list of entries.
  public init(items: [Item]) { self.items = items }

  /// Makes a list of mailboxes.
  public init(_ mailboxes: [Mailbox]) { items = mailboxes.map { .mailbox($0) } }

  /// The list as the value of a header field, folded, lines separated by LF.
  ///
  /// Names that are not ASCII are in encoded words (RFC 2047); no line is longer than 76 characters
  /// unless a single address is. Addresses that are not ASCII are written in UTF-8 (RFC 6532).
  ///
  /// - Parameter column: the number of characters before the value in its first line: the name of the
  ///   field with `: `.
  /// - Returns: the value.
  /// - Throws: ``MailSyntaxError`` if an address has control characters or an invalid domain.
  public func encoded(column: Int = "Reply-To: ".utf8.count) throws(MailSyntaxError) -> String {
    var pieces: [String] = []
    for (index, item) in items.enumerated() {
      // The first piece stands after the field's name; a mark may follow the name of a group.
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
    // Only what is read as the same address is written.
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
