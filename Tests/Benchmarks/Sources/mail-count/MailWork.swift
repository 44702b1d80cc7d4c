import MilterMail

/// The work on mail of a given size; each case returns a number that depends on all of its work.
enum MailWork {
  static let cases: KeyValuePairs<String, @Sendable (Int) throws -> Int> = [
    "header-fields": { size in
      MailHeaders(parsing: lines("Subject: hello", size * 10)).count
    },
    "folded-field": { size in
      MailHeaders(parsing: [0x58, 0x3A] + lines("  a", size * 10)).first?.rawValue.count ?? 0
    },
    "encoded-words": { size in
      EncodedWord.decode(String(repeating: "=?utf-8?q?=C3=BC?= ", count: size * 10)).utf8.count
    },
    "text-to-encode": { size in
      EncodedWord.encode(String(repeating: "gr\u{FC}n ", count: size * 10)).utf8.count
    },
    "addresses": { size in
      try MailAddressList(String(repeating: "\"a b\" <c@d.example>, ", count: size * 10) + "e@f")
        .mailboxes.count
    },
    "nested-comments": { size in
      let (open, close) = (String(repeating: "(", count: size), String(repeating: ")", count: size))
      return try MailAddressList("a@b.example \(open)\(close)").mailboxes.count
    },
    "open-quote": { size in
      (try? MailAddressList(String(repeating: "\" (", count: size * 10)))?.mailboxes.count ?? size
    },
    "addresses-to-write": { size in
      let box = Mailbox(
        name: "J\u{F6}rg", address: MailAddress(localPart: "a", domain: "b.example"))
      return try MailAddressList(Array(repeating: box, count: size)).encoded().utf8.count
    },
    "results": { size in
      try AuthenticationResults(
        "a.example" + String(repeating: "; spf=pass smtp.mailfrom=b@c.example", count: size)
      ).results.count
    },
    "parameters": { size in
      ESMTPParameters(parsing: String(repeating: "X=1 ", count: size * 10)).count
    },
    "file-name-pieces": { size in
      let pieces = (0..<size).map { "; filename*\($0)=abc" }.joined()
      return MIMEContentDisposition("attachment" + pieces)?.fileName?.utf8.count ?? 0
    },
    "file-names": { size in
      let value =
        "Content-Disposition: attachment"
        + String(
          repeating: "; filename=\"a.exe", count: size)
      return MIMEMessage(headers: MailHeaders(parsing: Array("\(value)\r\n".utf8)), body: [])
        .root.fileNames.count
    },
    "parts": { size in message(size).root.all.count },
    "near-delimiters": { size in
      MIMEMessage(
        headers: multipart, body: lines("--b", 1) + lines("", 1) + lines("--bb", size * 10)
      ).root.all.count
    },
    "parts-to-replace": { size in
      let message = message(size)
      var editor = MIMEEditor(message)
      for part in message.root.parts { try editor.replace(part, with: MIMEEntity(text: "gone")) }
      return editor.body.count + editor.headerChanges.count
    },
    "parts-to-add": { size in
      let message = message(1)
      var editor = MIMEEditor(message)
      for _ in 0..<size { try editor.attach(MIMEEntity(text: "more")) }
      return editor.body.count + editor.headerChanges.count
    },
    "base64": { size in
      Base64.decode(Base64.encode([UInt8](repeating: 7, count: size * 100)))?.count ?? 0
    },
    "quoted-printable": { size in
      QuotedPrintable.decode(QuotedPrintable.encode([UInt8](repeating: 0x20, count: size * 100)))
        .count
    },
  ]

  private static func lines(_ text: String, _ count: Int) -> [UInt8] {
    Array(String(repeating: text + "\r\n", count: count).utf8)
  }

  private static let multipart = MailHeaders(
    parsing: lines("Content-Type: multipart/mixed; boundary=b", 1))

  /// A multipart with a number of parts.
  private static func message(_ count: Int) -> MIMEMessage {
    let part = "--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nHello\r\n"
    return MIMEMessage(
      headers: multipart,
      body: Array(String(repeating: part, count: count).utf8) + lines("--b--", 1))
  }
}
