import MilterMail
import MilterRandomFixtures
import Testing

/// Python's `email` package reads what this library writes, and vice versa.
struct EncodedWordPythonTests {
  private static let words = [
    "plain", "Grüße", "日本語", "=?utf-8?q?x?=", "two  spaces", "🇩🇪👩‍👩‍👧", "a,b", "\"quoted\"", "(c)", "_",
    "=", "?",
    String(repeating: "ü", count: 90), String(repeating: "x", count: 90), "e\u{301}", "\\", "x.y",
  ]

  private func texts(_ seed: UInt64) -> [String] {
    var random = SplitMix64(seed: seed)
    return (0..<150).map { _ in
      (0...Int.random(in: 0..<12, using: &random)).map { _ in random.pick(Self.words) }
        .joined(separator: " ")
    }
  }

  /// Whether the lines have the length that RFC 2047, section 2, allows, and each word has whole characters.
  private func check(_ value: String, _ name: String) throws {
    for line in "\(name): \(value)".split(separator: "\n") {
      #expect(line.utf8.count <= 76, "\(line)")
      #expect(line.contains { $0 != " " }, "\(line)")
      for word in line.split(separator: " ") where word.hasPrefix("=?") && word.hasSuffix("?=") {
        #expect(word.utf8.count <= 75, "\(line)")
        #expect(try #require(EncodedWord(word.utf8)).text != nil, "\(line)")
      }
    }
  }

  @Test
  func `Unstructured text is unchanged`() throws {
    let texts = texts(2047)
    let values = texts.map { EncodedWord.encode($0, column: "Subject: ".utf8.count) }
    for value in values { try check(value, "Subject") }
    let answers = try PythonEmail.ask("decode_text", values.map { Array($0.utf8) })
    #expect(answers == texts)
    let encoded = try PythonEmail.ask("encode_text", texts.map { Array($0.utf8) })
    #expect(encoded.map { EncodedWord.decode($0) } == texts)
  }

  @Test
  func `Addresses and names are unchanged`() throws {
    var random = SplitMix64(seed: 822)
    let names = texts(823)
    let lists = (0..<100).map { _ in
      MailAddressList(
        (0...Int.random(in: 0..<6, using: &random)).map { _ in
          Mailbox(
            name: random.oneIn(4) ? nil : random.pick(names),
            address: MailAddress(
              localPart: random.pick([
                "a", "a.b", "a b", "x@y", "q\"uote\\d", "very.long.local.part.indeed",
              ]),
              domain: random.pick(["x.example", "mail.sub.domain.example"])))
        })
    }
    let values = try lists.map { try $0.encoded(column: "To: ".utf8.count) }
    for value in values { try check(value, "To") }
    for (list, value) in zip(lists, values) { #expect(try MailAddressList(value) == list) }
    let answers = try PythonEmail.ask("addresses", values.map { Array($0.utf8) })
    let expected = lists.map { list in
      list.mailboxes.map { "\($0.name ?? "")|\($0.address)" }.joined(separator: "\n")
    }
    #expect(answers == expected)
  }

  @Test
  func `Groups are written, and bad addresses refused`() throws {
    let mailbox = Mailbox(name: "J, D", address: .init(localPart: "j", domain: "x.example"))
    let list = MailAddressList(items: [
      .group(name: "A Group", members: [mailbox, Mailbox(address: mailbox.address)]),
      .group(name: "undisclosed-recipients", members: []), .mailbox(mailbox),
    ])
    #expect(
      try list.encoded(column: 4)
        == "A Group: \"J, D\" <j@x.example>, j@x.example;, undisclosed-recipients:;,\n "
        + "\"J, D\" <j@x.example>")
    #expect(try MailAddressList(list.encoded()) == list)
    #expect(try MailAddressList([]).encoded() == "")
    for (local, domain) in [
      ("a\r\nBcc: b", "x.example"), ("a", "x.example\r\nBcc: b"), ("a", ""), ("a", "x y"),
      ("a", "x>, <b@y"), ("a", "[x\r\n]"), ("a", "x(c)"), ("a\u{0}", "x"),
    ] {
      let bad = MailAddressList([Mailbox(address: .init(localPart: local, domain: domain))])
      #expect(throws: MailSyntaxError.self, "\(local)@\(domain)") { try bad.encoded() }
    }
  }

  @Test
  func `Long names of header fields leave room for short lines`() throws {
    for column in 0...50 {
      let value = EncodedWord.encode("日本🇩🇪語", column: column)
      let lines = value.split(separator: "\n")
      #expect(column + (lines.first?.utf8.count ?? 0) <= 76, "column \(column)")
      #expect(EncodedWord.decode(value) == "日本🇩🇪語", "column \(column)")
    }
  }
}
