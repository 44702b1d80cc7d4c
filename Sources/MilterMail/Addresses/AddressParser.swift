/// Reads addresses: RFC 5322, sections 3.4 and 4.4.
struct AddressParser {
  private var scanner: StructuredScanner

  /// A word of a display name or a local part.
  private struct Word {
    enum Kind {
      case atom([UInt8]), quoted([UInt8]), encoded(EncodedWord), dot
    }
    let kind: Kind
    let source: ArraySlice<UInt8>
    let isSpaced: Bool
  }

  private init(_ bytes: some Sequence<UInt8>) { scanner = StructuredScanner(bytes) }

  /// Returns all entries of an address list.
  static func list(
    _ bytes: some Sequence<UInt8>
  ) throws(MailSyntaxError) -> [MailAddressList.Item] {
    var parser = Self(bytes)
    var items: [MailAddressList.Item] = []
    repeat {
      if let item = try parser.item() { items.append(item) }
    } while parser.scanner.take(",")
    guard parser.scanner.isAtEnd else { throw parser.unexpected("a comma") }
    return items
  }

  /// Returns one address, with or without angle brackets.
  static func path(_ bytes: some Sequence<UInt8>) throws(MailSyntaxError) -> MailAddress {
    var parser = Self(bytes)
    let words = try parser.words()
    let isBracketed = words.isEmpty && parser.scanner.peek == UInt8(ascii: "<")
    let address = isBracketed ? try parser.bracketed() : try parser.address(words)
    try parser.scanner.skipCFWS()
    guard parser.scanner.isAtEnd else { throw parser.unexpected("the end") }
    return address
  }

  /// Reads a mailbox or a group; `nil` between two commas.
  private mutating func item() throws(MailSyntaxError) -> MailAddressList.Item? {
    let words = try words()
    if scanner.take(":") {
      guard !words.isEmpty else { throw missing("name of the group") }
      return .group(name: text(of: words), members: try members())
    }
    return try mailbox(words).map { .mailbox($0) }
  }

  private mutating func members() throws(MailSyntaxError) -> [Mailbox] {
    let start = scanner.position
    var members: [Mailbox] = []
    repeat {
      let words = try words()
      if let mailbox = try mailbox(words) { members.append(mailbox) }
    } while scanner.take(",")
    guard scanner.take(";") else {
      guard scanner.isAtEnd else { throw unexpected("a semicolon") }
      throw MailSyntaxError(.unterminated, "a group", at: start)
    }
    try scanner.skipCFWS()
    return members
  }

  /// Reads the rest of a mailbox that begins with given words; `nil` if there is no mailbox.
  private mutating func mailbox(_ words: [Word]) throws(MailSyntaxError) -> Mailbox? {
    let mailbox: Mailbox
    switch scanner.peek {
    case UInt8(ascii: "<"):
      mailbox = Mailbox(name: words.isEmpty ? nil : text(of: words), address: try bracketed())
    case nil where words.isEmpty, UInt8(ascii: ",") where words.isEmpty,
      UInt8(ascii: ";") where words.isEmpty:
      return nil
    default: mailbox = Mailbox(address: try address(words))
    }
    try scanner.skipCFWS()
    return mailbox
  }

  /// Reads an address in angle brackets, and ignores a route before it.
  private mutating func bracketed() throws(MailSyntaxError) -> MailAddress {
    let start = scanner.position
    guard scanner.take("<") else { throw unexpected("an angle bracket") }
    try scanner.skipCFWS()
    if scanner.peek == UInt8(ascii: "@") { try route() }
    let address = try address(try words())
    try scanner.skipCFWS()
    guard scanner.take(">") else {
      guard scanner.isAtEnd else { throw unexpected("a closing angle bracket") }
      throw MailSyntaxError(.unterminated, "an angle bracket", at: start)
    }
    return address
  }

  /// Skips `obs-route`: an obsolete list of domains for delivery.
  private mutating func route() throws(MailSyntaxError) {
    repeat {
      try scanner.skipCFWS()
      if scanner.take("@") { _ = try domain() }
      try scanner.skipCFWS()
    } while scanner.take(",")
    guard scanner.take(":") else { throw unexpected("a colon after the route") }
  }

  /// Reads the rest of an address, after its local part.
  private mutating func address(_ words: [Word]) throws(MailSyntaxError) -> MailAddress {
    guard !words.isEmpty else { throw missing("local part") }
    guard scanner.peek == UInt8(ascii: "@") else { throw missing("@") }
    var local: [UInt8] = []
    var isAfterWord = false
    for word in words {
      var isWord = true
      switch word.kind {
      case .atom(let bytes), .quoted(let bytes): local += bytes
      case .encoded: local += word.source
      case .dot:
        local.append(UInt8(ascii: "."))
        isWord = false
      }
      if isWord, isAfterWord { throw unexpected("a dot between words") }
      isAfterWord = isWord
    }
    _ = scanner.take("@")
    let start = scanner.position
    // Two domains that are not UTF-8 would look the same with replacement characters.
    guard let domain = String(validating: try domain(), as: UTF8.self) else {
      throw MailSyntaxError(.unexpectedByte, "a domain in UTF-8", at: start)
    }
    return MailAddress(localPart: String(decoding: local, as: UTF8.self), domain: domain)
  }

  private mutating func domain() throws(MailSyntaxError) -> [UInt8] {
    try scanner.skipCFWS()
    if let literal = try scanner.domainLiteral() { return literal }
    guard var domain = scanner.atom() else { throw missing("domain") }
    while true {
      // White space is allowed around the dots. Text without a dot before it does not belong to the domain.
      try scanner.skipCFWS()
      guard scanner.take(".") else { return domain }
      try scanner.skipCFWS()
      guard let label = scanner.atom() else { return domain }  // a trailing dot, for the root
      domain += [UInt8(ascii: ".")] + label
    }
  }

  /// Reads words and dots, and the white space after them.
  private mutating func words() throws(MailSyntaxError) -> [Word] {
    var words: [Word] = []
    while true {
      let isSpaced = try scanner.skipCFWS()
      let start = scanner.position
      let kind: Word.Kind
      if let encoded = scanner.encodedWord() {
        kind = .encoded(encoded)
      } else if let text = try scanner.quotedString() {
        kind = .quoted(text)
      } else if let atom = scanner.atom() {
        kind = .atom(atom)
      } else if scanner.take(".") {
        kind = .dot
      } else {
        return words
      }
      words.append(
        Word(kind: kind, source: scanner.bytes[start..<scanner.position], isSpaced: isSpaced))
    }
  }

  /// Joins words to a display name.
  private func text(of words: [Word]) -> String {
    var text = DecodedText()
    for (index, word) in words.enumerated() {
      if index > 0, word.isSpaced { text.append(plain: [ASCII.space]) }
      switch word.kind {
      case .atom(let bytes), .quoted(let bytes): text.append(plain: bytes)
      case .encoded(let encoded): text.append(encoded, source: word.source)
      case .dot: text.append(plain: [UInt8(ascii: ".")])
      }
    }
    return text.text
  }

  private func missing(_ subject: String) -> MailSyntaxError {
    MailSyntaxError(.missing, subject, at: scanner.position)
  }

  private func unexpected(_ subject: String) -> MailSyntaxError {
    MailSyntaxError(.unexpectedByte, subject, at: scanner.position)
  }
}
