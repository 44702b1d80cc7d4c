extension OracleCase {
  /// The answer to a negotiation of a filter without callbacks for the steps.
  private static let eomOnly = #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x03\x7f"#

  /// The examples of section 1 of `Facts.md`: frames.
  static let framing = [
    OracleCase(
      fact: "1.1", sent: Letters.bytes("OCHMR"), replies: "O c c c c",
      called: "connect helo envfrom envrcpt abort close"),
    OracleCase(
      fact: "1.2", callbacks: [.eom, .abort, .close],
      sent: Letters.bytes("OCHMRTLNB") + Packet.end.header(0),
      replies: "\(eomOnly) c c c c c c c c c",
      called: "eom close", ours: ("\(eomOnly) c c c c c c c c", "abort close")),
    OracleCase(
      fact: "1.3", callbacks: [.eom, .abort, .close],
      sent: Letters.bytes("OCHMRTLNB") + Packet.end.header(-1),
      replies: "\(eomOnly) c c c c c c c c c",
      called: "eom close", ours: ("\(eomOnly) c c c c c c c c", "abort close")),
    OracleCase(
      fact: "1.3", callbacks: [.eom, .abort, .close],
      sent: Letters.bytes("OCHMRTLNB") + Packet.end.header(0x8000_0000),
      replies: "\(eomOnly) c c c c c c c c", called: "abort close"),
    OracleCase(
      fact: "1.4", sent: Letters.bytes("OCHMRTLN") + Packet.body("").header(0x1_0001),
      replies: "O c c c c c c c", called: "connect helo envfrom envrcpt data header eoh abort close"
    ),
    OracleCase(
      fact: "1.4",
      rules: "eom 0 addheader 123456789 123456789\neom 0 addheader 123456789 1234567890", limit: 20,
      sent: Letters.bytes("OCHMRTN", [.body("zzzzzzzzzzzzzzzzzzzz"), .end]),
      replies: "O c c c c c c c h123456789\\x00123456789\\x00 c",
      called: "connect helo envfrom envrcpt data eoh body eom close",
      traced: [#"  addheader("123456789", "1234567890") = -1"#]),
    OracleCase(
      fact: "1.5", sent: Letters.bytes("OCHMR", [Packet("X", "data")]), replies: "O c c c c",
      called: "connect helo envfrom envrcpt abort close"),
    OracleCase(
      fact: "1.6", sent: Letters.bytes("OCHMRTLN", [Packet("B")]), replies: "O c c c c c c c",
      called: "connect helo envfrom envrcpt data header eoh abort close"),
    OracleCase(
      fact: "1.7", sent: Letters.bytes("OCH", [Packet("B"), .mail("<a@b>")]), replies: "O c c c",
      called: "connect helo envfrom abort close"),
    OracleCase(
      fact: "1.8", sent: Letters.bytes("OCHMR", [Packet("M")]), replies: "O c c c c",
      called: "connect helo envfrom envrcpt abort abort close"),
    OracleCase(
      fact: "1.9", sent: Letters.bytes("OCHMR", [Packet("T", "junk"), Packet("N", "junk")]),
      replies: "O c c c c c c", called: "connect helo envfrom envrcpt data eoh abort close"),
  ]

  /// The examples of section 2: the negotiation.
  static let negotiation = [
    OracleCase(
      fact: "2.1", sent: Packet("O", [0, 0, 0, 6, 0, 0, 1, 0xff]).bytes, replies: "",
      called: "close"),
    OracleCase(
      fact: "2.2", sent: Packet.negotiate(version: 1).bytes, replies: "", called: "close"),
    OracleCase(
      fact: "2.2", sent: Packet.negotiate(version: 0x7fff_ffff).bytes, replies: "O",
      called: "close"),
    OracleCase(
      fact: "2.3", flags: 0xf, sent: Packet.negotiate(version: 2, actions: 0, steps: 0).bytes,
      replies: #"O\x00\x00\x00\x02\x00\x00\x00\x0f\x00\x00\x00\x00"#, called: "close"),
    OracleCase(
      fact: "2.4", callbacks: [.eom], sent: Letters.bytes("O"),
      replies: #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x03\x7f"#, called: ""),
    OracleCase(
      fact: "2.5", sent: Packet.negotiate(actions: 0x3f).bytes, replies: "", called: "close"),
    OracleCase(
      fact: "2.7", callbacks: Variant.Callback.allCases,
      sent: Packet.negotiate(actions: .max, steps: .max).bytes,
      replies: #"O\x00\x00\x00\x06\xff\xff\xff\xff\x00\x00\x04\x00"#, called: "negotiate close",
      traced: [
        "negotiate#1 ffffffffffffffff ffffffff8fffffff 0 0 init ffffffffffffffff 400 0 0"
      ]),
    OracleCase(
      fact: "2.8", rules: "negotiate 0 return 10\nnegotiate 0 actions 1\nnegotiate 0 steps 0x80",
      callbacks: Variant.Callback.allCases, sent: Letters.bytes("O"),
      replies: #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x04\x00"#, called: "negotiate close"),
    OracleCase(
      fact: "2.10", rules: "negotiate 0 return 3", callbacks: [.negotiate, .close],
      sent: Letters.bytes("O"), replies: "", called: "negotiate close"),
    OracleCase(
      fact: "2.12", rules: "negotiate 0 steps 0x10000000", callbacks: Variant.Callback.allCases,
      sent: Packet.negotiate(steps: 0x3fff_ffff).bytes, replies: "", called: "negotiate close"),
    OracleCase(
      fact: "2.13",
      rules: """
        negotiate 0 setsymlist 3 {rcpt_addr}
        negotiate 0 setsymlist 0 j%20{x}
        negotiate 0 setsymlist 6 ""
        negotiate 0 setsymlist 0 again
        negotiate 0 setsymlist 7 x
        """,
      callbacks: [.negotiate], sent: Letters.bytes("O"),
      replies: #"[O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x07\x7f"#
        + #"\x00\x00\x00\x00j {x}\x00\x00\x00\x00\x03{rcpt_addr}\x00\x00\x00\x00\x06\x00]"#,
      called: "negotiate",
      traced: [#"  setsymlist(0, "again") = -1"#, #"  setsymlist(7, "x") = -1"#]),
    OracleCase(
      fact: "2.15", sent: Letters.bytes("OOCHM"), replies: "O c c",
      called: "helo envfrom abort close"
    ),
    OracleCase(
      fact: "2.16", rules: "eom 0 addheader a b", sent: Letters.bytes("CHMRTNE"),
      replies: "c c c c c c", called: "helo envfrom envrcpt data eoh eom close",
      traced: [#"  addheader("a", "b") = -1"#]),
    OracleCase(
      fact: "2.17", callbacks: [.negotiate, .data, .unknown, .eom], version: 3,
      sent: Letters.bytes("O"), replies: #"O\x00\x00\x00\x06\x00\x00\x01\xff\x00\x00\x02\x7f"#,
      called: ""),
  ]

  /// The examples of section 3: the order of commands.
  static let order = [
    OracleCase(
      fact: "3.2", sent: Letters.bytes("OCHMRERM"), replies: "O c c c c c c",
      called: "connect helo envfrom envrcpt eom envfrom abort close"),
    OracleCase(
      fact: "3.3", sent: Letters.bytes("OCHMRULNBE"), replies: "O c c c c c",
      called: "connect helo envfrom envrcpt unknown close",
      ours: (
        "O c c c c c c c c c", "connect helo envfrom envrcpt unknown header eoh body eom close"
      )
    ),
    OracleCase(
      fact: "3.4", sent: Letters.bytes("OCHMRUQ"), replies: "O c c c c c",
      called: "connect helo envfrom envrcpt unknown close",
      ours: ("O c c c c c", "connect helo envfrom envrcpt unknown abort close")),
    OracleCase(
      fact: "3.5", sent: Letters.bytes("OCHMRAAM"), replies: "O c c c c c",
      called: "connect helo envfrom envrcpt abort envfrom abort close"),
    OracleCase(
      fact: "3.8", callbacks: [.eom], sent: Letters.bytes("OCHMRTLNBE"),
      replies: "\(eomOnly) c c c c c c c c c", called: "eom"),
    OracleCase(
      fact: "3.9", rules: "envfrom 1 return 1", sent: Letters.bytes("OCHMRMR"),
      replies: "O c c r c c", called: "connect helo envfrom envfrom envrcpt abort close"),
    OracleCase(
      fact: "3.10", rules: "envrcpt 1 return 2", sent: Letters.bytes("OCHMRM"),
      replies: "O c c c d c", called: "connect helo envfrom envrcpt abort envfrom abort close"),
    OracleCase(
      fact: "3.12", sent: Letters.bytes("OCHMRQ"), replies: "O c c c c",
      called: "connect helo envfrom envrcpt abort close"),
    OracleCase(
      fact: "3.13",
      rules: """
        eom 0 setpriv 42
        eom 0 setreply 550 NULL old
        connect 0 getpriv
        connect 2 return 1
        """,
      sent: Letters.bytes("OCHMRTLNBEKC"), replies: "O c c c c c c c c c [y550 old\\x00]",
      called: "connect helo envfrom envrcpt data header eoh body eom close connect close",
      traced: ["  getpriv() = 42"]),
    OracleCase(
      fact: "3.14", sent: Letters.bytes("OCHKC"), replies: "O c c", called: "connect helo close",
      ours: ("O c c c", "connect helo close connect close")),
  ]
}
