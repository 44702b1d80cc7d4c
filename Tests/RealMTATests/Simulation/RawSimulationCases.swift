import MilterCore

extension RealMTASuite.RawSimulationTests {
  static let cases: [Case] = [
    Case("a lone %", [.endOfBody: [.replycode(bytes("554 5.7.1 100% off"))]]),
    Case("a lone % at RCPT", [.rcpt: [.replycode(bytes("554 5.7.1 100% off"))]]),
    Case("%%", [.endOfBody: [.replycode(bytes("554 5.7.1 100%% off"))]]),
    Case(
      "progress in a new body",
      [
        .endOfBody: [
          .replacebody(bytes("one\r\n")), .progress, .replacebody(bytes("two\r\n")), .continue,
        ]
      ]),
    Case(
      "a header in a new body",
      [
        .endOfBody: [
          .replacebody(bytes("one\r\n")), .addheader(name: bytes("X"), value: bytes("v")),
          .replacebody(bytes("two\r\n")), .continue,
        ]
      ]),
  ]

  /// Unusual header values, and their names.
  private static let values: [(value: String, what: String)] = [
    ("v\nX-Injected: yes\n\nbody", "lines"), ("v\r\n", "CR LF at the end"), ("v\n\n", "LF LF"),
    ("\nv", "LF at the start"), ("v\n \n w", "a blank line"), ("v\rw", "CR"), ("", "nothing"),
    (x(59_990), "59,990 bytes"), (x(60_995), "60,995 bytes"),
    (x(59_000) + "\n " + x(3000), "a continuation line that does not fit"),
    (x(1000) + "\n " + x(62_000), "a continuation line that is cut"),
    (x(59_000) + "\n" + x(3000), "a line break and more than fits"),
  ]

  private static func x(_ count: Int) -> String { String(repeating: "x", count: count) }

  /// Replies that no filter should send.
  static let odd: [Case] =
    [
      ("550 4.7.1 no", "mixed classes"), ("550 2.0.0 no", "class 2"), ("550 42 no", "a digit"),
      ("550 5 no", "the same digit"), ("550-4.7.1 no\r\n550 5.7.1 no", "the first of two"),
      ("550-5.7.1 no\r\n550 4.7.1 no", "the second of two"), ("55x 5.7.1 no", "no code"),
      ("250 2.0.0 ok", "a success"), ("550-5.7.1 no\r\n551 5.7.1 no", "two codes"),
      ("550 5.7.1 n\u{e4}\u{1}\u{7f}\tx", "8 bit"),
    ].map { text, what in Case("\(what) in a reply", [.endOfBody: [.replycode(bytes(text))]]) }
    + [
      Case("450 5.7.1 at MAIL", [.mail: [.replycode(bytes("450 5.7.1 no"))]]),
      Case(
        "bytes that are not UTF-8 in a reply",
        [.endOfBody: [.replycode(bytes("550 5.7.1 a") + [0xe4] + bytes("b\u{e4}") + [0xff])]]),
    ]
    + [
      (.connect, "CONNECT"), (.helo, "HELO"), (.mail, "MAIL"), (.rcpt, "RCPT"), (.data, "DATA"),
      (.header, "a header"), (.eoh, "EOH"), (.body, "BODY"),
    ].flatMap { (code: MTACommandCode, place) in
      [
        Case("mixed classes at \(place)", [code: [.replycode(bytes("550 4.7.1 no"))]]),
        Case("no code at \(place)", [code: [.replycode(bytes("250 2.0.0 ok"))]]),
      ]
    }
    + values.flatMap { value, what in
      [
        Case(
          "addheader with \(what)",
          [.endOfBody: [.addheader(name: bytes("X-A"), value: bytes(value)), .continue]]),
        Case(
          "insheader with \(what)",
          [
            .endOfBody: [
              .insheader(index: 1, name: bytes("X-A"), value: bytes(value)), .continue,
            ]
          ]),
        Case(
          "chgheader with \(what)",
          [
            .endOfBody: [
              .chgheader(index: 1, name: bytes("Subject"), value: bytes(value)), .continue,
            ]
          ]),
      ]
    }
    + [
      Case(
        "addheader without a name",
        [.endOfBody: [.addheader(name: [], value: bytes("v")), .continue]]),
      Case(
        "insheader without a name",
        [.endOfBody: [.insheader(index: 1, name: [], value: bytes("v")), .continue]]),
      Case(
        "chgheader without a name",
        [.endOfBody: [.chgheader(index: 1, name: [], value: bytes("v")), .continue]]),
      Case(
        "a name that begins with a space",
        [.endOfBody: [.addheader(name: bytes(" X-A"), value: bytes("v")), .continue]]),
      Case(
        "a name that ends with a space",
        [.endOfBody: [.addheader(name: bytes("X-A "), value: bytes("v")), .continue]]),
    ]
}
