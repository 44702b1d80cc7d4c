import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// The packets of each action, and the arguments that it refuses.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ActionsTests {
  /// Returns the replies to a message with actions in eom.
  private func replies(
    _ action: @escaping @Sendable (Milter) throws -> Void
  ) throws -> [FilterReply] {
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if callback == .eom { try action(filter) }
        return .accept
      }.continuingUntilEom()
    }
    let mta = try server.connect()
    try mta.greet()
    return try mta.message()
  }

  /// Each action as a filter calls it, and its reply.
  private static let actions: [(@Sendable (Milter) throws -> Void, FilterReply)] = [
    ({ try $0.addheader("X-A", "v") }, .addheader(name: bytes("X-A"), value: bytes("v"))),
    ({ try $0.addheader("X-A", "") }, .addheader(name: bytes("X-A"), value: [])),
    (
      { try $0.addheader("X-A", "one\r\n two\n\tthree") },
      .addheader(name: bytes("X-A"), value: bytes("one\n two\n\tthree"))
    ),
    (
      { try $0.addheader("X-A", [0x66, 0xFC, 0x72] as [UInt8]) },
      .addheader(name: bytes("X-A"), value: [0x66, 0xFC, 0x72])
    ),
    (
      { try $0.insheader(0, "X-B", "v") },
      .insheader(index: 0, name: bytes("X-B"), value: bytes("v"))
    ),
    (
      { try $0.insheader(3, "X-B", [0xE4] as [UInt8]) },
      .insheader(index: 3, name: bytes("X-B"), value: [0xE4])
    ),
    (
      { try $0.chgheader("X-C", 2, "v") },
      .chgheader(index: 2, name: bytes("X-C"), value: bytes("v"))
    ),
    ({ try $0.chgheader("X-C", 1, nil) }, .chgheader(index: 1, name: bytes("X-C"), value: [])),
    (
      { try $0.chgheader("X-C", 1, [0xE4] as [UInt8]) },
      .chgheader(index: 1, name: bytes("X-C"), value: [0xE4])
    ),
    ({ try $0.chgfrom("<x@y>") }, .chgfrom(bytes("<x@y>"), arguments: nil)),
    (
      { try $0.chgfrom("x@y", "RET=HDRS ENVID=1") },
      .chgfrom(bytes("x@y"), arguments: bytes("RET=HDRS ENVID=1"))
    ),
    ({ try $0.addrcpt("x@y") }, .addrcpt(bytes("x@y"))),
    ({ try $0.addrcptPar("x@y") }, .addrcptPar(bytes("x@y"), arguments: nil)),
    (
      { try $0.addrcptPar("x@y", "NOTIFY=NEVER") },
      .addrcptPar(bytes("x@y"), arguments: bytes("NOTIFY=NEVER"))
    ),
    ({ try $0.delrcpt("<c@d>") }, .delrcpt(bytes("<c@d>"))),
    ({ try $0.replacebody("new\r\n") }, .replacebody(bytes("new\r\n"))),
    ({ try $0.replacebody([0, 255] as [UInt8]) }, .replacebody([0, 255])),
    ({ try $0.replacebody("") }, .replacebody([])),
    ({ try $0.quarantine("why") }, .quarantine(bytes("why"))),
    ({ try $0.progress() }, .progress),
  ]

  @Test(arguments: actions.indices)
  func `An action sends its reply`(_ index: Int) throws {
    let (action, reply) = Self.actions[index]
    #expect(try replies(action) == [reply, .accept])
  }

  /// Calls that a filter must not make, and their errors.
  private static let refused: [(@Sendable (Milter) throws -> Void, String)] = [
    ({ try $0.addheader("", "v") }, "addheader: the name is empty"),
    ({ try $0.addheader("X:", "v") }, "addheader: the header name contains a colon"),
    ({ try $0.addheader("X Y", "v") }, "addheader: the header name contains a colon, a space"),
    ({ try $0.addheader("X", "a\nEvil: b") }, "addheader: a line break in a header value must be"),
    ({ try $0.addheader("X", "a\rb") }, "addheader: a line break in a header value must be"),
    ({ try $0.addheader("X", "a\n") }, "addheader: a line break in a header value must be"),
    ({ try $0.addheader("X", "a\r\n") }, "addheader: a line break in a header value must be"),
    (
      { try $0.addheader("X", "a\n \n b") }, "addheader: a continuation line of the header value is"
    ),
    ({ try $0.addheader("X", "a\r\n\t \r\n b") }, "addheader: a continuation line of the header"),
    ({ try $0.addheader("X", "a\n ") }, "addheader: a continuation line of the header value is"),
    ({ try $0.insheader(0, "X", "a\n b\n\t") }, "insheader: a continuation line of the header"),
    ({ try $0.chgheader("X", 1, "\n ") }, "chgheader: a continuation line of the header value is"),
    (
      { try $0.chgheader("X", 1, Array("a\n \n b".utf8)) },
      "chgheader: a continuation line of the header value is blank"
    ),
    ({ try $0.addheader("X", "a\u{0}b") }, "addheader: an argument contains NUL"),
    (
      { try $0.addheader("X", String(repeating: "v", count: 65_533)) },
      "addheader: 65536 bytes do not fit into one packet of 65535"
    ),
    ({ try $0.insheader(-1, "X", "v") }, "insheader: the index -1 is out of range"),
    ({ try $0.insheader(1 << 31, "X", "v") }, "insheader: the index 2147483648 is too large"),
    ({ try $0.chgheader("X", -1, "v") }, "chgheader: the index -1 is out of range"),
    ({ try $0.chgfrom("") }, "chgfrom: the address is empty"),
    ({ try $0.chgfrom("a\nb") }, "chgfrom: the sender contains CR, LF or NUL"),
    ({ try $0.addrcpt("") }, "addrcpt: the address is empty"),
    ({ try $0.addrcptPar("a", "N\r") }, "addrcptPar: the argument contains CR, LF or NUL"),
    ({ try $0.delrcpt("") }, "delrcpt: the address is empty"),
    ({ try $0.quarantine("") }, "quarantine: the reason is empty"),
    ({ try $0.setsymlist(.eom, "i") }, "setsymlist may be called in negotiate only"),
    ({ try $0.setreply("250", nil, "x") }, "the reply code \"250\" is not three digits of class 4"),
    ({ try $0.setmlreply("550", nil, []) }, "a reply has 1 to 32 lines, not 0"),
    (
      { try $0.setreply("550", "4.7.1", "x") },
      "setreply: the reply code is of class 5, its enhanced status code of class 4"
    ),
    (
      { try $0.setreply("450", "5.7.1") },
      "setreply: the reply code is of class 4, its enhanced status code of class 5"
    ),
    (
      { try $0.setreply("550", "2.0.0", "x") },
      "setreply: the reply code is of class 5, its enhanced status code of class 2"
    ),
    (
      { try $0.setmlreply("421", "5.7.0", ["x", "y"]) },
      "setmlreply: the reply code is of class 4, its enhanced status code of class 5"
    ),
    (
      { try $0.setreply("550", nil, "42 is the answer") },
      "setreply: the reply code is of class 5, but its text begins with 4"
    ),
  ]

  @Test func `A text that begins with the class of its code is not mistaken for a status code`()
    throws
  {
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        guard callback == .envfrom else { return .continue }
        try filter.setreply("550", nil, "5 is the limit")
        return .reject
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.replycode(bytes("550 5 is the limit"))])
  }

  @Test func `A folded value whose first line is empty is sent`() throws {
    let replies = try replies { try $0.addheader("X", "\r\n a \r\n\tb") }
    #expect(
      replies == [.addheader(name: bytes("X"), value: bytes("\n a \n\tb")), .accept])
  }

  @Test(arguments: [true, false])
  func `Each byte of a name or value is sent or refused on both paths`(isFast: Bool) throws {
    let replies = try replies { filter in
      func add(_ name: String, _ value: [UInt8]) {
        // A reversed collection has no contiguous bytes, so it takes the general path.
        if isFast {
          try? filter.addheader(name, value)
        } else {
          let reversed = Array(value.reversed())
          try? filter.addheader(name, reversed.lazy.reversed())
        }
      }
      for byte in UInt8.min...UInt8.max {
        add("X", [0x61, byte, 0x62])
        if byte < 0x80 { add("X\(UnicodeScalar(byte))", []) }
      }
      add("X-ä", [])
    }
    var expected: [FilterReply] = []
    for byte in UInt8.min...UInt8.max {
      if ![0x00, 0x0A, 0x0D].contains(byte) {
        expected.append(.addheader(name: bytes("X"), value: [0x61, byte, 0x62]))
      }
      if 33...126 ~= byte, byte != UInt8(ascii: ":") {
        expected.append(.addheader(name: [0x58, byte], value: []))
      }
    }
    #expect(replies == expected + [.accept])
  }

  @Test(arguments: zip(refused.indices, refused.map(\.1)))
  func `A wrong call throws an error with the reason`(_ index: Int, _ message: String) throws {
    let action = Self.refused[index].0
    let errors = Journal()
    let replies = try replies { filter in
      do { try action(filter) } catch { errors.note("\(error)") }
    }
    #expect(replies == [.accept])
    #expect(errors.all.first?.hasPrefix(message) == true, "\(errors.all)")
  }

  @Test(arguments: [MilterCallback.connect, .helo, .envfrom, .data, .header, .eoh, .body])
  func `progress outside eom throws`(_ callback: MilterCallback) throws {
    let errors = Journal()
    let server = try TestServer {
      ScriptedFilter { filter, current in
        if current == callback {
          do { try filter.progress() } catch { errors.note("\(error)") }
        }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.continue])
    let first = errors.all.first ?? ""
    #expect(first.hasPrefix("progress may be called in eom only; elsewhere only"))
    #expect(errors.all.count == 1)
  }

  @Test func `A body is cut into frames and kept together`() throws {
    let body = (0..<150_000).map { UInt8(truncatingIfNeeded: $0) }
    let replies = try replies { filter in
      try filter.replacebody(body)
      try filter.addheader("X", "late")
      try filter.progress()
      try filter.replacebody("tail")
    }
    // The progress reply is sent at once, before the changes that are held.
    let expected: [FilterReply] = [
      .progress, .replacebody(Array(body[..<65_535])),
      .replacebody(Array(body[65_535..<131_070])), .replacebody(Array(body[131_070...])),
      .replacebody(bytes("tail")), .addheader(name: bytes("X"), value: bytes("late")), .accept,
    ]
    // #expect would compute the shortest difference of the replies, which takes too long.
    let isExpected = replies == expected
    #expect(isExpected, "\(replies.map(\.code))")
  }

  @Test(arguments: [
    ("100% sure", "100%% sure"), ("100%% sure", "100%% sure"), ("%", "%%"), ("%%%", "%%%%"),
    ("a%b%%c", "a%%b%%c"),
  ])
  func `A lone percent sign is doubled`(_ text: String, _ sent: String) throws {
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        guard callback == .envfrom else { return .continue }
        try filter.setreply("550", "5.7.1", text)
        return .reject
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(
      try mta.ask(.mail([bytes("<a@b>")])) == [.replycode(bytes("550 5.7.1 \(sent)"))])
  }

  @Test func `Raw arguments are the bytes the MTA sent`() throws {
    let seen = Journal()
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if ![.abort, .close, .negotiate].contains(callback) {
          seen.note("\(callback) \(filter.rawArguments)")
        }
        return .continue
      }
    }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    let address = MilterAddress.inet6(address: "::1", port: 7)
    _ = try mta.ask(.connect(host: [0xFF], address: address))
    _ = try mta.ask(.helo([0xFE]))
    _ = try mta.ask(.mail([[0x3C, 0x3E], [0xFD]]))
    _ = try mta.ask(.rcpt([[0xFC]]))
    _ = try mta.ask(.unknown([0xFB]))
    _ = try mta.ask(.header(name: [0x58], value: [0xFA, 0x0A, 0x20]))
    _ = try mta.ask(.eoh)
    _ = try mta.ask(.body([0, 1]))
    _ = try mta.ask(.endOfBody([2]))
    let address6 = Array("IPv6:::1".utf8)
    #expect(
      seen.all == [
        "connect [[255], \(address6)]", "helo [[254]]", "envfrom [[60, 62], [253]]",
        "envrcpt [[252]]", "unknown [[251]]", "header [[88], [250, 10, 32]]", "eoh []",
        "body [[0, 1]]", "body [[2]]", "eom [[2]]",
      ])
  }

  @Test func `Macros reach the filter`() throws {
    let seen = Journal()
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if callback == .eom {
          for name in ["i", "{i}", "j", "{auth_authen}", "nope"] {
            seen.note(filter.getsymval(name) ?? "nil")
          }
        }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.send(.macro(UInt8(ascii: "C"), [MilterMacro("j", "mx.example.org")]))
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    _ = try mta.ask(.rcpt([bytes("<c@d>")]))
    try mta.send(
      .macro(
        UInt8(ascii: "E"), [MilterMacro("i", "Q1"), MilterMacro("{auth_authen}", "jane")]))
    _ = try mta.ask(.endOfBody([]))
    #expect(seen.all == ["Q1", "Q1", "mx.example.org", "jane", "nil"])
  }
}
