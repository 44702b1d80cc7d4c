import MilterCore
import MilterRandomFixtures
import Testing

@Suite struct MilterSymbolsTests {
  /// Returns a table with these packets.
  private func symbols(_ packets: String...) throws -> MilterSymbols {
    var symbols = MilterSymbols()
    for packet in packets {
      let payload = wire(packet)
      try symbols.store(payload.span)
    }
    return symbols
  }

  private func look(_ symbols: MilterSymbols, _ name: String) -> String? {
    symbols[name.utf8].map(notation)
  }

  /// The same without a copy.
  private func read(_ symbols: MilterSymbols, _ name: String) -> String? {
    var text: String?
    symbols.read(name) { value, _ in text = notation(value.bytes(in: value.indices)) }
    return text
  }

  @Test func `Names are found as in libmilter`() throws {
    let symbols = try symbols(
      #"Cj\x00conn\x00x\x00\x00"#, #"H{i}\x00braced\x00"#,
      #"M{j}\x00mail\x00j\x00second\x00{ab}\x00long\x00"#)
    let expected: [(String, String?)] = [
      ("j", "mail"), ("{j}", "mail"), ("i", "braced"), ("{i}", "braced"), ("ab", nil),
      ("{ab}", "long"), ("x", ""), ("", nil), ("nope", nil), ("{}", nil), ("{", nil), ("}", nil),
    ]
    for (name, value) in expected {
      #expect(look(symbols, name) == value, "\(name)")
      #expect(read(symbols, name) == value, "\(name)")
    }
  }

  @Test func `A macro's name is found with and without braces`() throws {
    let symbols = try symbols(#"C{ab}\x00long\x00cd\x00bare\x00{j}\x00one\x00{}\x00none\x00"#)
    let expected: [(String, String?)] = [
      ("ab", "long"), ("{ab}", "long"), ("cd", "bare"), ("{cd}", "bare"), ("j", "one"),
      ("{j}", "one"), ("", nil), ("{}", "none"), ("{ab", nil), ("ab}", nil),
    ]
    for (name, value) in expected {
      #expect(symbols[MilterMacroName(name)].map(notation) == value, "\(name)")
    }
  }

  @Test func `A table that releases memory has the same macros`() throws {
    var random = SplitMix64(seed: 7)
    let stages: [(letter: String, stage: MilterStage)] = [
      ("C", .connect), ("H", .helo), ("M", .envfrom), ("R", .envrcpt), ("T", .data), ("N", .eoh),
      ("E", .eom),
    ]
    var kept = MilterSymbols()
    var released = MilterSymbols()
    for round in 0..<1000 {
      let (letter, stage) = random.pick(stages)
      if random.oneIn(4) {
        kept.removeAll(after: stage)
        released.removeAll(after: stage)
      } else {
        let value = String(repeating: "v", count: random.below(random.oneIn(10) ? 3000 : 40))
        let payload = wire(#"\#(letter)j\x00\#(round)\#(value)\x00"#)
        try kept.store(payload.span)
        try released.store(payload.span)
      }
      released.releaseStorage()
      for (_, stage) in stages {
        #expect(kept.strings(of: stage) == released.strings(of: stage), "\(round)")
      }
      #expect(look(kept, "j") == look(released, "j"), "\(round)")
    }
  }

  @Test func `Stages are searched from the last of a session to the first`() throws {
    var symbols = MilterSymbols()
    #expect(look(symbols, "j") == nil)
    for stage in ["C", "H", "M", "R", "T", "N", "E"] {
      let payload = wire(stage + #"j\x00"# + stage + #"\x00"#)
      try symbols.store(payload.span)
      #expect(look(symbols, "j") == stage)
    }
    // The latest stage counts, in whatever order the packets arrive.
    let early = wire(#"Cj\x00late\x00"#)
    try symbols.store(early.span)
    #expect(look(symbols, "j") == "E")
  }

  @Test func `A packet replaces the one of its stage as a whole`() throws {
    var symbols = try symbols(#"Cj\x001\x00"#)
    let next = wire(#"Ck\x002\x00"#)
    try symbols.store(next.span)
    #expect(look(symbols, "j") == nil)
    #expect(look(symbols, "k") == "2")
  }

  @Test(arguments: [
    "C", "Cj", "", #"Bj\x00B\x00"#, #"Lj\x00B\x00"#, #"Uj\x00B\x00"#, #"Xj\x00B\x00"#,
  ])
  func `Packets without a string, and of other stages, are ignored`(packet: String) throws {
    let symbols = try symbols(#"Ck\x002\x00"#, packet)
    #expect(look(symbols, "k") == "2")
    #expect(look(symbols, "j") == nil)
  }

  @Test func `A name without a value has none, and ends the search`() throws {
    #expect(try look(symbols(#"Ck\x002\x00"#, #"Cj\x00"#), "k") == nil)
    let odd = try symbols(#"Cj\x001\x00k\x001\x00"#, #"Mi\x00Q1\x00j\x00"#)
    #expect(look(odd, "i") == "Q1")
    #expect(look(odd, "j") == nil)
    // libmilter reads past the end of its list here, and may crash.
    #expect(look(odd, "k") == "1")
    #expect(try look(symbols(#"Mi\x00Q1\x00j\x00lost"#), "j") == nil)
    #expect(try look(symbols(#"Mi\x00Q1\x00j\x00lost"#), "k") == nil)
  }

  @Test func `An empty name in a packet is not a macro`() throws {
    let symbols = try symbols(#"C\x00v\x00j\x00w\x00"#)
    #expect(look(symbols, "") == nil)
    #expect(look(symbols, "j") == "w")
  }

  @Test func `Clearing begins after a stage`() throws {
    let all = try symbols(#"Ca\x00v\x00"#, #"Mb\x00v\x00"#, #"Ec\x00v\x00"#)
    var some = all
    some.removeAll(after: .envfrom)
    #expect(["a", "b", "c"].map { look(some, $0) } == ["v", "v", nil])
    some = all
    some.removeAll(after: .eom)
    #expect(["a", "b", "c"].map { look(some, $0) } == ["v", "v", "v"])
    some.removeAll()
    #expect(["a", "b", "c"].map { look(some, $0) } == [nil, nil, nil])
  }

  @Test func `Packets of any sizes keep their bytes in any order`() throws {
    var random = SplitMix64(seed: 7)
    var symbols = MilterSymbols()
    let stages: [MilterStage] = [.connect, .helo, .envfrom, .envrcpt, .data, .eoh, .eom]
    var packets: [MilterStage: [UInt8]] = [:]
    for _ in 0..<2000 {
      let position = Int.random(in: stages.indices, using: &random)
      let stage = stages[position]
      let before = symbols
      var stored: MilterStage?
      if Int.random(in: 0..<8, using: &random) == 0 {
        symbols.removeAll(after: stage)
        for later in stages[(position + 1)...] { packets[later] = nil }
      } else {
        let size = Int.random(in: 0..<(Bool.random(using: &random) ? 40 : 3000), using: &random)
        let value = (0..<size).map { _ in UInt8.random(in: 1...255, using: &random) }
        let packet = Array("x\(position)\0".utf8) + value + [0]
        try symbols.store(([stage.owner.rawValue] + packet).span)
        packets[stage] = packet
        stored = stage
      }
      for (index, other) in stages.enumerated() {
        #expect(symbols.strings(of: other) == packets[other])
        let name = "x\(index)".utf8
        #expect(symbols[name] == packets[other].map { Array($0.dropFirst(3).dropLast()) })
        if let (_, place) = before.find(name) {
          #expect(symbols.isCurrent(place) == (packets[other] != nil && stored != other))
        }
      }
    }
  }

  @Test(arguments: [
    // Recipients that Postfix accepts: of a virtual alias domain, and with the transport `error`.
    ("Postfix 3.7.11", "5.1.1 User unknown in virtual alias table", "a@x.example", false),
    ("Postfix 3.7.11", "5.1.1 User unknown", "a@x.example", false),
    ("Postfix 3.7.11", "closed", "a@x.example", false),
    ("Postfix 3.7.11", "5.7.1", "a@x.example", false),
    ("Postfix 3.7.11", "", "a@x.example", false),
    // Recipients that Postfix refuses.
    ("Postfix 3.7.11", "5.1.1", "Recipient address rejected: no such user", true),
    ("Postfix 3.11.7", "4.7.1", "Recipient address rejected: ask a@x.example", true),
    ("Postfix 3.11.7", "5.7.1", "", true),
    // Sendmail sends `error` only for a refusal.
    ("8.17.1.9", "5.7.1", "/no/file", true), ("8.18.1", "", "/no/file", true),
    ("8.18.1", "nouser", "550 5.1.1 User unknown", true),
    ("8.18.1", "x.example.", "a@x.example", true),
    ("", "5.1.1", "550 5.1.1 User unknown", true),
    ("", "5.1.1 User unknown in virtual alias table", "a@x.example", false),
  ])
  func `A recipient is refused only if the macros show it`(
    version: String, host: String, address: String, isRefused: Bool
  ) throws {
    func symbols(_ mailer: String) throws -> MilterSymbols {
      var symbols = MilterSymbols()
      let connect = Array("Cv\0\(version)\0".utf8)
      if !version.isEmpty { try symbols.store(connect.span) }
      let values = "R{rcpt_mailer}\0\(mailer)\0{rcpt_host}\0\(host)\0{rcpt_addr}\0\(address)\0"
      let recipient = Array(values.utf8)
      try symbols.store(recipient.span)
      return symbols
    }
    #expect(try symbols("error").isRecipientRefused == isRefused)
    #expect(try !symbols("smtp").isRecipientRefused)
  }
}
