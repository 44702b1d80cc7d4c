/// Reads `Authentication-Results`: RFC 8601, section 2.2.
struct AuthenticationResultsParser {
  private var scanner: StructuredScanner

  init(_ bytes: some Sequence<UInt8>) { scanner = StructuredScanner(bytes) }

  mutating func value() throws(MailSyntaxError) -> AuthenticationResults {
    var value = AuthenticationResults(server: try server())
    value.version = try number()
    while scanner.take(";") {
      try scanner.skipCFWS()
      if let result = try result() { value.results.append(result) }
    }
    guard scanner.isAtEnd else { throw unexpected("a semicolon") }
    return value
  }

  /// Reads the authserv-id and the white space after it.
  mutating func server() throws(MailSyntaxError) -> String {
    try scanner.skipCFWS()
    let start = scanner.position
    let bytes =
      try scanner.quotedString()
      ?? Array(scanner.run { $0 > 0x20 && $0 != 0x7F && !Self.isDelimiter($0) })
    guard !bytes.isEmpty else { throw missing("authserv-id") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw MailSyntaxError(.unexpectedByte, "an authserv-id in UTF-8", at: start)
    }
    try scanner.skipCFWS()
    return text
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ";") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: "\"")
  }

  /// Reads one result; `nil` for `none`, or if there is no result.
  private mutating func result() throws(MailSyntaxError) -> AuthenticationResult? {
    guard scanner.peek != UInt8(ascii: ";"), !scanner.isAtEnd else { return nil }
    let method = try keyword().lowercased()
    if method == "none", scanner.peek == UInt8(ascii: ";") || scanner.isAtEnd { return nil }
    var version: Int?
    if scanner.take("/") {
      try scanner.skipCFWS()
      version = try number()
    }
    try equals()
    var result = AuthenticationResult(method, try keyword().lowercased())
    result.version = version
    while scanner.peek != UInt8(ascii: ";"), !scanner.isAtEnd { try property(&result) }
    return result
  }

  /// Reads a property or the reason.
  private mutating func property(_ result: inout AuthenticationResult) throws(MailSyntaxError) {
    var (type, name) = ("", try keyword())
    if scanner.take(".") {
      try scanner.skipCFWS()
      (type, name) = (name, try keyword())
    }
    try equals()
    let value = try text()
    if type.isEmpty, ASCII.isSame(name, "reason"), result.reason == nil {
      result.reason = value
    } else {
      result.properties.append(AuthenticationProperty(type, name, value))
    }
  }

  /// Reads a value: a token, a quoted string, or an address without quotes.
  private mutating func text() throws(MailSyntaxError) -> String {
    let start = scanner.position
    var bytes = try scanner.quotedString() ?? []
    // An @ follows a quoted local part.
    let rest = scanner.run { !ASCII.isSpace($0) && !Self.isDelimiter($0) }
    guard scanner.position > start else { throw missing("value") }
    bytes += rest
    try scanner.skipCFWS()
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func keyword() throws(MailSyntaxError) -> String {
    let word = scanner.run(while: AuthenticationResults.isKeyword)
    guard !word.isEmpty else { throw unexpected("a keyword") }
    try scanner.skipCFWS()
    return String(decoding: word, as: UTF8.self)
  }

  private mutating func number() throws(MailSyntaxError) -> Int? {
    let digits = scanner.run(while: ASCII.isDigit)
    guard !digits.isEmpty else { return nil }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw unexpected("a version")
    }
    try scanner.skipCFWS()
    return number
  }

  private mutating func equals() throws(MailSyntaxError) {
    guard scanner.take("=") else { throw unexpected("an equals sign") }
    try scanner.skipCFWS()
  }

  private func missing(_ subject: String) -> MailSyntaxError {
    MailSyntaxError(.missing, subject, at: scanner.position)
  }

  private func unexpected(_ subject: String) -> MailSyntaxError {
    MailSyntaxError(.unexpectedByte, subject, at: scanner.position)
  }
}
