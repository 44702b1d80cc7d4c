import MilterMail
import MilterRandomFixtures
import Testing

struct MailAddressListTests {
  private func mailboxes(_ value: String) throws -> [String] {
    try MailAddressList(value).mailboxes.map { "\($0.name ?? "-")|\($0.address)" }
  }

  /// The examples of RFC 5322, appendix A, with folded lines as a filter gets them.
  @Test(arguments: [
    // A.1.1
    ("John Doe <jdoe@machine.example>", ["John Doe|jdoe@machine.example"]),
    ("Mary Smith <mary@example.net>", ["Mary Smith|mary@example.net"]),
    // A.1.2
    (#""Joe Q. Public" <john.q.public@example.com>"#, ["Joe Q. Public|john.q.public@example.com"]),
    (
      "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
      ["Mary Smith|mary@x.test", "-|jdoe@example.org", "Who?|one@y.test"]
    ),
    (
      #"<boss@nil.test>, "Giant; \"Big\" Box" <sysservices@example.net>"#,
      ["-|boss@nil.test", #"Giant; "Big" Box|sysservices@example.net"#]
    ),
    // A.5
    (
      "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", ["Pete|pete@silly.test"]
    ),
    // A.6.1
    (
      "Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
      ["Mary Smith|mary@example.net", "-|jdoe@test.example"]
    ),
    (#"Joe Q. Public <john.q.public@example.com>"#, ["Joe Q. Public|john.q.public@example.com"]),
    // A.6.3
    ("John Doe <jdoe@machine(comment).  example>", ["John Doe|jdoe@machine.example"]),
  ])
  func `The examples of RFC 5322`(_ value: String, _ expected: [String]) throws {
    #expect(try mailboxes(value) == expected)
  }

  /// The examples of RFC 5322, appendix A.1.3 and A.5.
  @Test
  func `The groups of RFC 5322`() throws {
    let list = try MailAddressList(
      "A Group:Ed Jones <joe@where.test>,joe@example.org,John <jdoe@one.test>;")
    let members = [
      Mailbox(name: "Ed Jones", address: .init(localPart: "joe", domain: "where.test")),
      Mailbox(address: .init(localPart: "joe", domain: "example.org")),
      Mailbox(name: "John", address: .init(localPart: "jdoe", domain: "one.test")),
    ]
    #expect(list.items == [.group(name: "A Group", members: members)])
    #expect(list.mailboxes == members)

    let empty = try MailAddressList("Undisclosed recipients:;")
    #expect(empty.items == [.group(name: "Undisclosed recipients", members: [])])

    let commented = try MailAddressList(
      """
      A Group(Some people)
           :Chris Jones <c@(Chris's host.)public.example>,
               joe@example.org,
        John <jdoe@one.test> (my dear friend); (the end of the group)
      """)
    #expect(
      commented.mailboxes.map(\.description) == [
        "Chris Jones <c@public.example>", "joe@example.org", "John <jdoe@one.test>",
      ])
    #expect(
      try MailAddressList("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;").items
        == [.group(name: "Hidden recipients", members: [])])
  }

  @Test(arguments: [
    ("=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>", "André Pirard|PIRARD@vm1.ulg.ac.be"),
    ("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore|moore@cs.utk.edu"),
    // A comma that RFC 2047 does not allow in an encoded word, and a character split across two words.
    ("=?UTF-8?Q?M=C3=BCller,_Jan?= <jan@x.example>", "Müller, Jan|jan@x.example"),
    ("=?UTF-8?Q?J=C3?= =?UTF-8?Q?=BCrgen?= <j@x.example>", "Jürgen|j@x.example"),
    // A quoted string has no encoded words (RFC 2047, section 5, rule 3).
    (#""=?UTF-8?Q?x?=" <j@x.example>"#, "=?UTF-8?Q?x?=|j@x.example"),
    ("Jürgen <jürgen@bücher.example>", "Jürgen|jürgen@bücher.example"),
    ("J.R.R. Tolkien <j.r.r@x.example>", "J.R.R. Tolkien|j.r.r@x.example"),
    ("<a..b.@x.example>", "-|\"a..b.\"@x.example"),
    (#""a b"@x.example"#, #"-|"a b"@x.example"#),
    (#""with@at"@x.example"#, #"-|"with@at"@x.example"#),
    ("user@[192.0.2.1]", "-|user@[192.0.2.1]"),
    ("user@[IPv6:2001:db8::1]", "-|user@[IPv6:2001:db8::1]"),
    ("a@x.example.", "-|a@x.example"),
    ("\n <a@x.example>\r\n (on the next line)", "-|a@x.example"),
    (#""" <a@x.example>"#, "|a@x.example"),
  ])
  func `Addresses of real mail`(_ value: String, _ expected: String) throws {
    #expect(try mailboxes(value) == [expected])
  }

  @Test(arguments: [
    ("Not an address", "no @ at byte 14"),
    ("a@x.example b@y.example", "an unexpected character instead of a comma at byte 12"),
    ("<a@x.example> <b@y.example>", "an unexpected character instead of a comma at byte 14"),
    ("a b@x.example", "an unexpected character instead of a dot between words at byte 3"),
    ("\"a\"b@x.example", "an unexpected character instead of a dot between words at byte 4"),
    ("<a@x.example", "an angle bracket without end, from byte 0"),
    ("\"a <a@x.example>", "a quoted string without end, from byte 0"),
    ("(a <a@x.example>", "a comment without end, from byte 0"),
    ("a@[192.0.2.1", "a domain literal without end, from byte 2"),
    ("group: a@x.example", "a group without end, from byte 6"),
    (":a@x.example;", "no name of the group at byte 1"),
    ("a@", "no domain at byte 2"),
    ("@x.example", "no local part at byte 0"),
    ("<>", "no local part at byte 1"),
    ("a@x.example\u{0}", "an unexpected character instead of a comma at byte 11"),
    ("a@b@c", "an unexpected character instead of a comma at byte 3"),
    ("<a@b>@c", "an unexpected character instead of a comma at byte 5"),
  ])
  func `Ambiguous addresses are refused`(_ value: String, _ message: String) {
    #expect { _ = try MailAddressList(value) } throws: { "\($0)" == message }
  }

  @Test
  func `An empty value has no addresses`() throws {
    #expect(try MailAddressList("").items == [])
    #expect(try MailAddressList(" , (nobody) ,").items == [])
  }

  @Test(
    arguments: [
      Mailbox(name: "Jürgen \"J\" Müller", address: .init(localPart: "j m", domain: "x.example")),
      Mailbox(name: #"a\b"c"#, address: .init(localPart: #"a\"b"#, domain: "x.example")),
      Mailbox(name: "a, b", address: .init(localPart: "", domain: "x.example")),
      Mailbox(name: "=?x?q?y?=", address: .init(localPart: "a.b", domain: "[192.0.2.1]")),
      Mailbox(name: "one\r\nBcc: two", address: .init(localPart: "a", domain: "x.example")),
      Mailbox(
        name: String(repeating: "ä long name ", count: 20),
        address: .init(localPart: "a", domain: "x.example")),
    ])
  func `What is written can be read again`(_ mailbox: Mailbox) throws {
    #expect(try MailAddressList("\(mailbox)").mailboxes == [mailbox])
    #expect(!"\(mailbox)".unicodeScalars.contains("\n"))
  }

  /// What is repeated, and the number of addresses in 20,000 repetitions alone and after `a@`; `nil` if they are
  /// refused.
  @Test(
    arguments: [
      ("(", nil, nil), ("<", nil, nil), ("\"", nil, nil), ("\\", nil, nil), ("a,", nil, nil),
      ("@", nil, nil), (":", nil, nil), ("=?", nil, 1), ("=?a?q?", nil, 1), ("[", nil, nil),
      (";", nil, nil), (".", nil, nil), ("a(b)", nil, nil), (" ", 0, nil), ("a@b,", 20_000, nil),
    ] as [(String, Int?, Int?)])
  func `Long repetitions are read or refused`(_ unit: String, _ alone: Int?, _ afterAt: Int?) {
    let text = String(repeating: unit, count: 20_000)
    #expect((try? MailAddressList(text))?.mailboxes.count == alone)
    #expect((try? MailAddressList("a@" + text))?.mailboxes.count == afterAt)
  }

  @Test
  func `What is read of random bytes can be written and read again`() throws {
    var random = SplitMix64(seed: 5322)
    let letters = Array("a@<>()\"\\,:;.[] =?\r\n\u{e9}".utf8)
    var count = 0
    for _ in 1...5_000 {
      let bytes = (0..<12).map { _ in letters.randomElement(using: &random) ?? 0 }
      _ = MailAddress(bytes)
      guard let mailboxes = try? MailAddressList(bytes).mailboxes else { continue }
      for mailbox in mailboxes {
        #expect(try MailAddressList("\(mailbox)").mailboxes == [mailbox], "\(bytes)")
        count += 1
      }
    }
    #expect(count > 0)
  }
}
