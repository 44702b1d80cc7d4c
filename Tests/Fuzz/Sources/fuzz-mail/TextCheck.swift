import MilterMail

/// Encodes bytes and text in every way, and checks that decoding returns the same.
enum TextCheck {
  static func check(_ bytes: [UInt8]) {
    require(Base64.decode(Base64.encode(bytes)) == bytes, "base64 loses bytes")
    require(
      QuotedPrintable.decode(QuotedPrintable.encode(bytes)) == bytes, "quoted-printable loses bytes"
    )
    require(XText.decode(XText.encode(bytes).utf8) == bytes, "xtext loses bytes")
    (_, _) = (Base64.decode(bytes), QuotedPrintable.decode(bytes))
    let text = String(decoding: bytes.prefix(500), as: UTF8.self)
    let encoded = EncodedWord.encode(text, column: 9)
    require(EncodedWord.decode(encoded).utf8.elementsEqual(text.utf8), "a text is lost: \(encoded)")
    check(lines: encoded, column: 9)
    let mailbox = Mailbox(name: text, address: MailAddress(localPart: "a", domain: "x.example"))
    if let list = try? MailAddressList([mailbox, mailbox]).encoded(column: 4) {
      require(
        (try? MailAddressList(list))?.mailboxes == [mailbox, mailbox], "a name is lost: \(list)")
      check(lines: list, column: 4)
    }
    let name = MIMEFileName(text)
    (_, _) = (name.base, name.isExecutable)
    let disposition = MIMEContentDisposition.attachment(text)
    require(
      MIMEContentDisposition(disposition.encoded())?.parameters["filename"]?.utf8.elementsEqual(
        text.utf8)
        == true, "a file name is lost: \(disposition.encoded())")
  }

  private static func check(lines text: String, column: Int) {
    var column = column
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      require(column + line.utf8.count <= 76, "a line is too long: \(line)")
      require(line.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "a line is not plain: \(line)")
      column = 0
    }
  }
}
