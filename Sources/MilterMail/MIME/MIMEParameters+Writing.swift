extension MIMEParameters {
  /// RFC 5322, 2.1.1: the recommended maximum length of a line.
  private static let longestLine = 78

  /// Returns the parameters as they are written after a value, each after a semicolon, with LF between lines.
  ///
  /// Parameters with names that the standard does not allow are left out.
  ///
  /// - Parameter column: The number of characters before them in the first line.
  /// - Returns: Printable ASCII; other values, and values that are too long for a line, are encoded as in RFC
  ///   2231.
  func encoded(column: Int) -> String {
    var result = ""
    var column = column
    // A name that is not an attribute of RFC 2231, section 7, would be read as another one.
    for name in names where !name.isEmpty && name.utf8.allSatisfy(ASCII.isAttributeCharacter) {
      for piece in Self.pieces(name, self[name] ?? "") {
        if column + 2 + piece.utf8.count > Self.longestLine {
          result += ";\n " + piece
          column = 1 + piece.utf8.count
        } else {
          result += "; " + piece
          column += 2 + piece.utf8.count
        }
      }
    }
    return result
  }

  private static func pieces(_ name: String, _ value: String) -> [String] {
    // A line begins with a space and may end with a semicolon.
    let room = max(longestLine - 2 - name.utf8.count, 24)
    if value.utf8.allSatisfy(ASCII.isPrintable) {
      let isToken = !value.isEmpty && value.utf8.allSatisfy(ASCII.isToken)
      let plain = isToken ? value : MailAddress.quoted(value)
      if plain.utf8.count + 1 <= room { return ["\(name)=\(plain)"] }
    }
    let encoded = value.unicodeScalars.map { scalar in
      String(scalar).utf8.map { byte in
        ASCII.isAttributeCharacter(byte)
          ? String(Unicode.Scalar(byte))
          : "%" + String(decoding: ASCII.hexDigits(byte), as: UTF8.self)
      }.joined()
    }
    let prefix = "utf-8''"
    let length = encoded.reduce(prefix.utf8.count) { $0 + $1.utf8.count }
    if length + 2 <= room { return ["\(name)*=\(prefix)\(encoded.joined())"] }
    var pieces: [String] = []
    var piece = prefix
    for character in encoded {
      if piece.utf8.count + character.utf8.count > room - 8 {
        pieces.append("\(name)*\(pieces.count)*=\(piece)")
        piece = ""
      }
      piece += character
    }
    pieces.append("\(name)*\(pieces.count)*=\(piece)")
    return pieces
  }
}

extension ASCII {
  /// Whether a byte may be in a token (RFC 2045, section 5.1).
  static func isToken(_ byte: UInt8) -> Bool {
    isVisible(byte) && (isAtext(byte) || byte == UInt8(ascii: ".")) && byte != UInt8(ascii: "/")
      && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "=")
  }

  /// Whether a byte needs no encoding in an extended value: RFC 2231, section 7.
  fileprivate static func isAttributeCharacter(_ byte: UInt8) -> Bool {
    isToken(byte) && byte != UInt8(ascii: "*") && byte != UInt8(ascii: "'")
      && byte != UInt8(ascii: "%")
  }
}
