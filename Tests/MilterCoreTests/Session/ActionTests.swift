import MilterCore
import Testing

/// Changes to the message: their bytes, refused arguments, allowed steps, and flags.
@Suite struct ActionTests {
  /// Plays a message and performs the actions at eom; the notes have their results.
  static func play(
    _ actions: [FilterReply], flags: MilterActionFlags = .all
  ) -> (replies: String, notes: [String]) {
    var play = Play(actions: flags) { play, callback, _ in
      if callback == .eom { for action in actions { play.attempt(action) } }
      return .continue
    }
    _ = play.send("O C H M R T L N B")
    return (play.send("E"), play.notes)
  }

  @Test(
    arguments: [
      (.addheader(name: wire("X-A"), value: wire("v")), #"hX-A\x00v\x00"#),
      (.addheader(name: wire("X-B"), value: []), #"hX-B\x00\x00"#),
      // Names and values are not checked otherwise.
      (
        .addheader(name: wire("X: y"), value: wire(#" a\x0d\x0a b\xff"#)),
        #"[hX: y\x00 a\x0d\x0a b\xff\x00]"#
      ),
      (
        .insheader(index: 0, name: wire("X-A"), value: wire("v")), #"i\x00\x00\x00\x00X-A\x00v\x00"#
      ),
      (
        .insheader(index: 2_147_483_647, name: wire("X"), value: []), #"i\x7f\xff\xff\xffX\x00\x00"#
      ),
      (
        .chgheader(index: 1, name: wire("X-A"), value: wire("v")), #"m\x00\x00\x00\x01X-A\x00v\x00"#
      ),
      (.chgheader(index: 0, name: wire("X-A"), value: []), #"m\x00\x00\x00\x00X-A\x00\x00"#),
      (.chgfrom(wire("<x@y>"), arguments: nil), #"e<x@y>\x00"#),
      (.chgfrom(wire("x"), arguments: wire("SIZE=1 A=B")), #"[ex\x00SIZE=1 A=B\x00]"#),
      (.chgfrom(wire("x"), arguments: []), #"ex\x00\x00"#), (.addrcpt(wire("a")), #"+a\x00"#),
      (.addrcptPar(wire("a"), arguments: nil), #"2a\x00"#),
      (.addrcptPar(wire("a"), arguments: wire("N=1")), #"2a\x00N=1\x00"#),
      (.addrcptPar(wire("a"), arguments: []), #"2a\x00\x00"#), (.delrcpt(wire("a")), #"-a\x00"#),
      (.quarantine(wire("why")), #"qwhy\x00"#),
    ] as [(FilterReply, String)])
  func `An action is sent before the reply of eom`(action: FilterReply, packet: String) {
    let (replies, notes) = Self.play([action])
    #expect(replies == packet + " c")
    #expect(notes == ["ok"])
  }

  @Test(
    arguments: [
      .addheader(name: [], value: wire("v")), .insheader(index: 1, name: [], value: wire("v")),
      .chgheader(index: 1, name: [], value: wire("v")), .chgfrom([], arguments: nil),
      .addrcpt([]), .addrcptPar([], arguments: wire("N=1")), .delrcpt([]), .quarantine([]),
      // These indexes are negative in C.
      .insheader(index: 0xFFFF_FFFF, name: wire("X"), value: []),
      .chgheader(index: 0x8000_0000, name: wire("X"), value: []),
      // A C string cannot contain NUL.
      .addheader(name: wire(#"a\x00b"#), value: []), .addheader(name: wire("a"), value: [0]),
      .insheader(index: 1, name: [0], value: []), .chgheader(index: 1, name: wire("a"), value: [0]),
      .chgfrom([0], arguments: nil), .chgfrom(wire("a"), arguments: [0]), .addrcpt([0]),
      .addrcptPar(wire("a"), arguments: [0]), .delrcpt([0]), .quarantine([0]),
    ] as [FilterReply])
  func `An argument that cannot be sent is refused`(action: FilterReply) {
    let (replies, notes) = Self.play([action])
    #expect(replies == "c")
    #expect(notes == ["invalidArgument"])
  }

  /// Each action that sends one packet, and its flag.
  static let flags: [(action: FilterReply, flag: MilterActionFlags)] = [
    (.addheader(name: wire("a"), value: wire("b")), .addhdrs),
    (.insheader(index: 0, name: wire("a"), value: wire("b")), .addhdrs),
    (.chgheader(index: 1, name: wire("a"), value: wire("b")), .chghdrs),
    (.chgfrom(wire("b"), arguments: nil), .chgfrom), (.addrcpt(wire("b")), .addrcpt),
    (.addrcptPar(wire("b"), arguments: nil), .addrcptPar), (.delrcpt(wire("b")), .delrcpt),
    (.quarantine(wire("b")), .quarantine),
  ]

  @Test(arguments: flags)
  func `An action needs its flag, and no other`(action: FilterReply, flag: MilterActionFlags) {
    #expect(action.code.flag == flag)
    #expect(Self.play([action], flags: flag).notes == ["ok"])
    let without = Self.play([action], flags: .all.subtracting(flag))
    #expect(without.replies == "c")
    #expect(without.notes == ["notNegotiated"])
  }

  @Test func `Replies that are not actions need no flag and cannot be added`() {
    let plain: [FilterReply] = [
      .continue, .accept, .reject, .tempfail, .discard, .skip, .progress, .shutdown,
      .connectionFailure, .replycode(wire("550 x")),
      .negotiate(.init(options: .init(actions: [], steps: []))),
    ]
    for reply in plain {
      #expect(reply.code.flag == nil, "\(reply)")
      let (replies, notes) = Self.play([reply])
      #expect(replies == "c", "\(reply)")
      #expect(notes == ["notNegotiated"], "\(reply)")
    }
  }

  @Test(arguments: [SessionRules.strict, .libmilter])
  func `A header field is added or refused in the same way on the fast path`(
    rules: SessionRules
  ) {
    let fields = [("X-A", "value"), ("X-A", ""), ("", "value"), ("X-A", "of more than 20 bytes")]
    let paths = ["O C H M R T L N B", "O C H M R T L N B E", "O C H M R T L N B E H"]
    var taken = 0
    for flags in [MilterActionFlags.all, .chghdrs] {
      for (path, isRunning) in paths.flatMap({ [($0, false), ($0, true)] }) {
        var play = Play(actions: flags)
        play.session = FilterSession(callbacks: .all, rules: rules)
        _ = play.send(path)
        if isRunning { play.begin("E") }
        play.session.maximumPayload = 20
        for (name, value) in fields.map({ (wire($0), wire($1)) }) {
          // These buffers hold nothing back.
          var short = ReplyBuffer(rules, mostHeld: 0)
          var general = short
          let isAdded = play.session.addPlainly(header: name.span, value.span, to: &short)
          let action = FilterReply.addheader(name: name, value: value)
          let isAllowed = (try? play.session.add(action, to: &general)) != nil
          #expect(isAdded == isAllowed, "\(path), \(action)")
          #expect(short.ready.bytes == general.ready.bytes)
          taken += isAdded ? 1 : 0
        }
      }
    }
    #expect(taken > 0)
  }

  @Test func `Actions are sent in their order, without refused ones`() {
    let (replies, notes) = Self.play(
      Self.flags.map(\.action), flags: [.addhdrs, .addrcpt])
    #expect(replies == #"ha\x00b\x00 i\x00\x00\x00\x00a\x00b\x00 +b\x00 c"#)
    #expect(notes.filter { $0 == "ok" }.count == 3)
  }

  @Test func `An action is allowed only in eom`() {
    var play = Play { play, callback, _ in
      if callback != .eom { play.attempt(.addheader(name: wire("a"), value: wire("b"))) }
      return .continue
    }
    #expect(play.send("O C H M R U T L N B E A U M A K Q").hasSuffix("c (closed)"))
    #expect(play.notes.count == play.ran.count - 1)
    #expect(Set(play.notes) == ["wrongTime"])
  }

  @Test func `After its reply the message cannot be changed any more`() {
    // libmilter allows changes until the next command.
    var play = Play()
    _ = play.send("O C H M R T L N B E")
    play.attempt(.quarantine(wire("late")))
    #expect(play.notes == ["wrongTime"])
    #expect(play.output.ready.isEmpty)
  }

  @Test func `The last chunk that comes with the end may change the message`() {
    var play = Play { play, callback, _ in
      if callback == .body { play.attempt(.addheader(name: wire("a"), value: wire("b"))) }
      return .continue
    }
    _ = play.send("O C H M R T L N B")
    #expect(play.send("E:tail") == #"ha\x00b\x00 c"#)
    #expect(play.notes == ["wrongTime", "ok"])
    #expect(play.ran.suffix(2) == ["body", "eom"])
  }

  @Test func `The errors describe what is wrong`() {
    var play = Play(actions: .addhdrs)
    _ = play.send("O")
    #expect(throws: MilterError.self) { try play.session.add(.continue, to: &play.output) }
    let early = message { try play.session.add(.addrcpt(wire("a")), to: &play.output) }
    #expect(early == "addrcpt may be called in eom only")
    _ = play.send("C H M R T L N")
    play.begin("E")
    let flag = message { try play.session.add(.addrcpt(wire("a")), to: &play.output) }
    #expect(flag == "addrcpt: the action addrcpt was not negotiated with the MTA")
    let empty = message {
      try play.session.add(.addheader(name: [], value: []), to: &play.output)
    }
    #expect(empty == "addheader: the name is empty")
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? MilterError)?.message
    }
  }
}
