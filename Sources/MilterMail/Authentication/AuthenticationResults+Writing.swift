extension AuthenticationResults {
  /// Returns the value as it is written in a header field, with a line for each result, and LF between lines.
  ///
  /// - Returns: The value; it is ASCII if all texts are.
  /// - Throws: ``MailSyntaxError`` if a method, a result, or the name of a property is not a keyword, or if a
  ///   text has control characters.
  public func encoded() throws(MailSyntaxError) -> String {
    var result = try Self.text(server) + (version.map { " \($0)" } ?? "")
    guard !results.isEmpty else { return result + "; none" }
    for entry in results {
      let version = entry.version.map { "/\($0)" } ?? ""
      var words = ["\(try Self.keyword(entry.method))\(version)=\(try Self.keyword(entry.result))"]
      if let reason = entry.reason { words.append("reason=" + (try Self.text(reason))) }
      for property in entry.properties {
        let type = property.type.isEmpty ? "" : try Self.keyword(property.type) + "."
        words.append("\(type)\(try Self.keyword(property.name))=\(try Self.text(property.value))")
      }
      result += ";\n " + EncodedWord.fold(words, column: 1)
    }
    return result
  }

  private static func keyword(_ text: String) throws(MailSyntaxError) -> String {
    guard !text.isEmpty, text.utf8.allSatisfy(isKeyword) else {
      throw MailSyntaxError(.unexpectedByte, "a keyword", at: 0)
    }
    return text
  }

  /// Whether a keyword may contain a byte: a byte of RFC 5321, 4.1.2, or an underscore, which some methods
  /// have.
  static func isKeyword(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  /// Returns a text unchanged if it is a token or an address, otherwise in quotes.
  private static func text(_ text: String) throws(MailSyntaxError) -> String {
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw MailSyntaxError(.unexpectedByte, "a text", at: 0)
    }
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { $0 >= 0x80 || ASCII.isToken($0) || $0 == UInt8(ascii: "@") }
    return isPlain ? text : MailAddress.quoted(text)
  }
}
