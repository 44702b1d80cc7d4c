extension OracleCase {
  /// The examples of section 5 of `Facts.md`: the arguments of callbacks.
  static let arguments = [
    OracleCase(
      fact: "5.1", sent: Letters.bytes("O", [.connect("h", "4", 25, "10.1")]), replies: "O c",
      called: "connect close", traced: [#"connect#1 "h" inet 10.0.0.1 25"#]),
    OracleCase(
      fact: "5.1", sent: Letters.bytes("O", [.connect("h", "6", 40000, "iPv6:::1")]),
      replies: "O c", called: "connect close", traced: [#"connect#1 "h" inet6 ::1 40000 0 0"#]),
    OracleCase(
      fact: "5.1", sent: Letters.bytes("O", [.connect("h", "L", 0, "/tmp/x")]), replies: "O c",
      called: "connect close", traced: [#"connect#1 "h" unix "/tmp/x""#]),
    OracleCase(
      fact: "5.1", sent: Letters.bytes("O", [Packet("C", "\0Ujunk")]), replies: "O c",
      called: "connect close", traced: [#"connect#1 "" NULL"#]),
    OracleCase(
      fact: "5.2", sent: Letters.bytes("O", [.connect("h", "4", 25, "1.2.3.256")]), replies: "O",
      called: "close"),
    OracleCase(
      fact: "5.3",
      sent: Letters.bytes("OC", [Packet("H", "a\0b\0"), Packet("H", "x")] + [.mail("a")]),
      replies: "O c c c", called: "connect helo envfrom abort close", traced: [#"helo#1 "a""#]),
    OracleCase(
      fact: "5.4",
      sent: Letters.bytes(
        "OCH",
        [
          .mail("<a>", "SIZE=1", "B"), Packet("R", "<b>\0lost"), Packet("R", "\0"),
          Packet("R", "x"),
        ]),
      replies: "O c c c c c", called: "connect helo envfrom envrcpt envrcpt abort close",
      traced: [#"envfrom#1 "<a>" "SIZE=1" "B""#, #"envrcpt#1 "<b>""#, #"envrcpt#2 """#]),
    OracleCase(
      fact: "5.5",
      sent: Letters.bytes(
        "OCHMRT", [.header("N", " v\n\tw"), Packet("L", "\0val\0v2\0"), Packet("L", "N\0v")]),
      replies: "O c c c c c c c",
      called: "connect helo envfrom envrcpt data header header abort close",
      traced: [#"header#1 "N" " v\x0a\x09w""#, #"header#2 "" "v2""#]),
    OracleCase(
      fact: "5.8", rules: "body 0 addheader a b",
      sent: Letters.bytes("OCHMRTLNB", [Packet("E", "tail")]),
      replies: "O c c c c c c c c ha\\x00b\\x00 c",
      called: "connect helo envfrom envrcpt data header eoh body body eom close",
      traced: [#"  addheader("a", "b") = -1"#, #"body#2 4 "tail""#, #"  addheader("a", "b") = 0"#]),
    OracleCase(
      fact: "5.8, without eom", callbacks: [.envfrom, .body, .close],
      sent: Letters.bytes("OMRE", [.mail("a"), .rcpt("b"), Packet("E", "tail")]),
      replies: #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x03k c c c c c c"#,
      called: "envfrom envfrom body close"),
    OracleCase(
      fact: "5.9", rules: "body 2 setreply 554 NULL no\nbody 2 return 1",
      sent: Letters.bytes("OCHMRTLNB", [Packet("E", "tail")]),
      replies: "O c c c c c c c c [y554 no\\x00] r",
      called: "connect helo envfrom envrcpt data header eoh body body close",
      ours: (
        "O c c c c c c c c [y554 no\\x00]",
        "connect helo envfrom envrcpt data header eoh body body close"
      )),
    OracleCase(
      fact: "5.10", rules: "body 2 return 7",
      sent: Letters.bytes("OCHMRTLNB", [Packet("E", "tail")]),
      replies: "O c c c c c c c c",
      called: "connect helo envfrom envrcpt data header eoh body body close",
      ours: (
        "O c c c c c c c c c",
        "connect helo envfrom envrcpt data header eoh body body eom close"
      )),
  ]

  /// The examples of section 6: macros.
  static let macros = [
    OracleCase(
      fact: "6.3", rules: "close 0 getsymval i",
      sent: Letters.bytes("OCH", [.macros("M", "i", "Q1"), .mail("a"), .quit]), replies: "O c c c",
      called: "connect helo envfrom abort close", traced: [#"  getsymval("i") = "Q1""#]),
    OracleCase(
      fact: "6.3", rules: "close 0 getsymval i",
      sent: Letters.bytes("OCH", [.macros("M", "i", "Q1")]) + Letters.bytes("MREK"),
      replies: "O c c c c c", called: "connect helo envfrom envrcpt eom close close",
      traced: [
        #"  getsymval("i") = "Q1""# + "\n  return 0\nclose#2\n" + #"  getsymval("i") = NULL"#
      ]),
    OracleCase(
      fact: "6.1", rules: "helo 0 getsymval j\nhelo 0 getsymval k",
      sent: Letters.bytes("O", [.macros("C", "j", "1"), .connect("h", "U", 0, ""), .helo("a")])
        + [Packet.macros("C", "k", "2"), .helo("b"), Packet("D", "Cj\0"), .helo("c")].bytes,
      replies: "O c c c c", called: "connect helo helo helo close",
      traced: [
        #"  getsymval("j") = "1""# + "\n" + #"  getsymval("k") = NULL"#,
        #"  getsymval("j") = NULL"# + "\n" + #"  getsymval("k") = "2""#,
        #"  getsymval("j") = NULL"# + "\n" + #"  getsymval("k") = NULL"#,
      ]),
    OracleCase(
      fact: "6.2",
      rules: ["j", "{j}", "i", "ab", "{ab}", "x", "{}"]
        .map { "envfrom 0 getsymval \($0)" }.joined(separator: "\n"),
      sent: [
        .negotiate(), Packet.macros("C", "j", "conn", "x", ""), .connect("h", "U", 0, ""),
        .macros("H", "{i}", "braced"), .helo("a"),
        .macros("M", "{j}", "mail", "j", "second", "{ab}", "long"), .mail("a"),
      ].bytes,
      replies: "O c c c", called: "connect helo envfrom abort close",
      traced: [
        #"  getsymval("j") = "mail""#, #"  getsymval("{j}") = "mail""#,
        #"  getsymval("i") = "braced""#, #"  getsymval("ab") = NULL"#,
        #"  getsymval("{ab}") = "long""#, #"  getsymval("x") = """#, #"  getsymval("{}") = NULL"#,
      ]),
    OracleCase(
      fact: "6.4", rules: "envfrom 0 getsymval k\nenvfrom 0 getsymval j",
      sent: [
        .negotiate(), Packet.macros("C", "k", "1"), .connect("h", "U", 0, ""), .helo("a"),
        Packet("D", "Mi\0Q1\0j\0"), .mail("a"),
      ].bytes,
      replies: "O c c c", called: "connect helo envfrom abort close",
      traced: [#"  getsymval("k") = "1""#, #"  getsymval("j") = NULL"#]),
  ]

  /// The examples of sections 4, 7, and 8: replies and changes.
  static let replies = [
    OracleCase(
      fact: "1.4, a reply above the limit",
      rules: "helo 0 setreply 550 NULL *400*x\nhelo 0 return 1",
      limit: 300, sent: Letters.bytes("OCHM"), replies: "O c", called: "connect helo close"),
    OracleCase(
      fact: "4.10, where no reply is expected",
      rules: "negotiate 0 steps 0x2000\nhelo 1 return 22\nhelo 2 return 5\nhelo 3 return 21",
      callbacks: Variant.Callback.allCases, sent: Letters.bytes("OCHHHM"),
      replies: #"[O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00 \x00] c"#,
      called: "negotiate connect helo helo helo close"),
    OracleCase(
      fact: "4.10, where c stands in for no reply",
      rules: """
        negotiate 0 steps 0x2000
        helo 1 return 22
        helo 2 return 5
        helo 3 return -1
        helo 4 return 20
        helo 5 return 7
        """,
      callbacks: Variant.Callback.allCases,
      sent: Packet.negotiate(steps: 0x3ff).bytes + Letters.bytes("CHHHHH"), replies: "O c c c",
      called: "negotiate connect helo helo helo helo helo close"),
    OracleCase(
      fact: "4.3", rules: "helo 1 return 8\nhelo 2 return 2\nhelo 3 return 3\nhelo 4 return 4",
      sent: Letters.bytes("OCHHHH"), replies: "O c s d a t",
      called: "connect helo helo helo helo close"),
    OracleCase(
      fact: "4.6", rules: "negotiate 0 steps 0xff080", callbacks: [.negotiate, .eom],
      sent: Letters.bytes("OCHMRTLNBE"),
      replies: #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x0f\xf0\x80 c"#, called: "negotiate eom"),
    OracleCase(
      fact: "4.8",
      rules: """
        helo 1 setreply 550 5.7.1 no
        helo 1 return 1
        helo 2 return 1
        helo 3 setreply 450 NULL NULL
        helo 3 return 1
        helo 4 return 4
        """,
      sent: Letters.bytes("OCHHHH"), replies: "O c [y550 5.7.1 no\\x00] r r [y450 \\x00]",
      called: "connect helo helo helo helo close"),
    OracleCase(
      fact: "4.10",
      rules: "helo 1 return 5\nhelo 2 return -1\nhelo 3 return 22\nhelo 4 return 21",
      sent: Letters.bytes("OCHHHHH"), replies: "O c O", called: "connect helo helo helo helo close"),
    OracleCase(
      fact: "7.2", rules: "close 0 addheader late v", sent: Letters.bytes("OCHMRTLNBE"),
      replies: "O c c c c c c c c c hlate\\x00v\\x00",
      called: "connect helo envfrom envrcpt data header eoh body eom close"),
    OracleCase(
      fact: "7.3",
      rules: """
        eom 0 addheader X-B ""
        eom 0 insheader -1 X v
        eom 0 insheader 1 X v
        eom 0 chgheader 2 X NULL
        eom 0 chgfrom x NULL
        eom 0 addrcpt_par a N=1
        eom 0 replacebody 0 NULL
        eom 0 quarantine why
        """,
      sent: Letters.bytes("OCHMRE"),
      replies: #"O c c c c hX-B\x00\x00 i\x00\x00\x00\x01X\x00v\x00 m\x00\x00\x00\x02X\x00\x00 "#
        + #"ex\x00 2a\x00N=1\x00 b qwhy\x00 c"#,
      called: "connect helo envfrom envrcpt eom close",
      traced: [#"  insheader(-1, "X", "v") = -1"#]),
    OracleCase(
      fact: "7.7", rules: "abort 0 progress\nclose 0 progress\nconnect 0 progress",
      sent: Letters.bytes("OCHMA"), replies: "O p c c c p p",
      called: "connect helo envfrom abort close"),
    OracleCase(
      fact: "7.8", rules: "eom 0 addheader X *65533*v", sent: Letters.bytes("OCHMRE"),
      replies: "O c c c c c", called: "connect helo envfrom envrcpt eom close"),
    OracleCase(
      fact: "8.1",
      rules: [
        "250 NULL x", "5500 NULL x", "550 5.7 x", "550 5.1000.1 x", "550 3.7.1 x",
        "550 5.7.1 a%0ab",
      ]
      .map { "helo 0 setreply \($0)\n" }.joined() + "helo 0 return 1",
      sent: Letters.bytes("OCH"), replies: "O c r", called: "connect helo close"),
    OracleCase(
      fact: "8.2", rules: "helo 0 setmlreply 550 NULL one \"\"\nhelo 0 return 1",
      sent: Letters.bytes("OCH"), replies: #"O c [y550-5.0.0 one\x0d\x0a550 5.0.0 \x00]"#,
      called: "connect helo close"),
    OracleCase(
      fact: "8.3", rules: "helo 0 setmlreply 550 NULL\nhelo 0 return 1",
      sent: Letters.bytes("OCH"), replies: #"O c y550-5.0.0\x00"#, called: "connect helo close",
      ours: ("O c r", "connect helo close")),
  ]
}
