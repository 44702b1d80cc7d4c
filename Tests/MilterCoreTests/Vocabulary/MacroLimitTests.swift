import MilterCore
import MilterRandomFixtures
import Testing

/// Macro packets that are larger than those of any MTA.
@Suite struct MacroLimitTests {
  /// Returns a packet of `size` bytes for a stage.
  private func packet(_ stage: String, _ size: Int) -> [UInt8] {
    let start = wire(stage + #"{a}\x00"#)
    return start + [UInt8](repeating: 0x76, count: size - start.count - 1) + [0]
  }

  private func store(_ packet: [UInt8], in symbols: inout MilterSymbols) throws(MilterError) {
    try symbols.store(packet.span)
  }

  @Test func `A packet may be as large as a frame of 64 KiB`() throws {
    var symbols = MilterSymbols()
    try store(packet("C", WireLimits.payload64K), in: &symbols)
    #expect(symbols["{a}".utf8]?.count == WireLimits.payload64K - 6)
    #expect(throws: MilterError(.malformedCommand, "")) {
      try store(packet("C", WireLimits.payload64K + 1), in: &symbols)
    }
  }

  @Test func `The packets of all stages together have a limit`() throws {
    var symbols = MilterSymbols()
    try store(packet("C", 60_000), in: &symbols)
    try store(packet("M", 60_000), in: &symbols)
    #expect(throws: MilterError(.malformedCommand, "")) {
      try store(packet("E", 60_000), in: &symbols)
    }
    // A packet that replaces the previous one of its stage does not add to the total.
    for _ in 0..<5 { try store(packet("M", 60_000), in: &symbols) }
    symbols.removeAll(after: .connect)
    try store(packet("E", 60_000), in: &symbols)
  }

  @Test func `A session with too many macros is ended`() {
    var session = FilterSession(callbacks: .all)
    let large = packet("C", WireLimits.payload64K + 1)
    guard case .fail(let error) = session.receive(0x44, large.span) else {
      Issue.record("the packet is taken")
      return
    }
    #expect(error.code == .malformedCommand)
  }

  @Test func `Names in large packets are found like those in small ones`() throws {
    var random = SplitMix64(seed: 5)
    var packet = wire("M")
    // `exact` has the results where braces around long names matter, `loose` where they do not.
    var exact: [String: String] = [:]
    var loose: [String: String] = [:]
    for number in 0..<3000 {
      let letter = Character(UnicodeScalar(UInt8.random(in: 97...122, using: &random)))
      let bare =
        Bool.random(using: &random) ? "n\(Int.random(in: 0..<900, using: &random))" : "\(letter)"
      let name = Bool.random(using: &random) ? "{\(bare)}" : bare
      packet += Array(name.utf8) + [0] + Array("\(number)".utf8) + [0]
      let key = bare.count == 1 ? bare : name
      if exact[key] == nil { exact[key] = "\(number)" }
      if loose[bare] == nil { loose[bare] = "\(number)" }
    }
    // The last name has no value.
    packet += wire(#"{last}\x00"#)
    var symbols = MilterSymbols()
    try symbols.store(wire(#"C{last}\x00before\x00{only}\x00connect\x00"#).span)
    try symbols.store(packet.span)
    for _ in 0..<2 {
      for (name, value) in exact { #expect(symbols[name.utf8] == Array(value.utf8), "\(name)") }
      for (name, value) in loose {
        #expect(symbols[MilterMacroName(name)] == Array(value.utf8), "\(name)")
        #expect(symbols[MilterMacroName("{\(name)}")] == Array(value.utf8), "\(name)")
      }
      #expect(symbols["{last}".utf8] == nil)
      #expect(symbols["{only}".utf8] == Array("connect".utf8))
      #expect(symbols["{none}".utf8] == nil)
      symbols.releaseStorage()
    }
    let copy = symbols
    try symbols.store(wire(#"Mj\x00new\x00"#).span)
    #expect(symbols["{n1}".utf8] == nil)
    #expect(copy["{a}".utf8] == exact["a"].map { Array($0.utf8) })
  }
}
