import MilterCore
import Testing

/// Macro packets of sizes that no MTA sends.
@Suite struct MacroLimitTests {
  /// A packet for a stage with as many bytes as said.
  private func packet(_ stage: String, _ size: Int) -> [UInt8] {
    let start = wire(stage + #"{a}\x00"#)
    return start + [UInt8](repeating: 0x76, count: size - start.count - 1) + [0]
  }

  private func store(_ packet: [UInt8], in symbols: inout MilterSymbols) throws(MilterError) {
    try symbols.store(packet.span)
  }

  @Test func `a packet may be as large as a frame of 64 KiB`() throws {
    var symbols = MilterSymbols()
    try store(packet("C", WireLimits.payload64K), in: &symbols)
    #expect(symbols["{a}".utf8]?.count == WireLimits.payload64K - 6)
    #expect(throws: MilterError(.malformedCommand, "")) {
      try store(packet("C", WireLimits.payload64K + 1), in: &symbols)
    }
  }

  @Test func `the packets of all stages together have a limit`() throws {
    var symbols = MilterSymbols()
    try store(packet("C", 60_000), in: &symbols)
    try store(packet("M", 60_000), in: &symbols)
    #expect(throws: MilterError(.malformedCommand, "")) {
      try store(packet("E", 60_000), in: &symbols)
    }
    // One that takes the place of another counts once.
    for _ in 0..<5 { try store(packet("M", 60_000), in: &symbols) }
    symbols.removeAll(after: .connect)
    try store(packet("E", 60_000), in: &symbols)
  }

  @Test func `a session ends at too many macros`() {
    var session = FilterSession(callbacks: .all)
    let large = packet("C", WireLimits.payload64K + 1)
    guard case .fail(let error) = session.receive(0x44, large.span) else {
      Issue.record("the packet is taken")
      return
    }
    #expect(error.code == .malformedCommand)
  }

  @Test func `names of large packets are found as those of small ones`() throws {
    var names = SplitMix64(seed: 5)
    var packet = wire("M")
    var expected: [String: String] = [:]
    for number in 0..<3000 {
      // Some come twice, and some are letters with and without braces.
      let name =
        switch number % 3 {
        case 0: "{n\(Int.random(in: 0..<2000, using: &names))}"
        case 1: "{\(Character(UnicodeScalar(UInt8.random(in: 97...122, using: &names))))}"
        default: "\(Character(UnicodeScalar(UInt8.random(in: 97...122, using: &names))))"
        }
      packet += Array(name.utf8) + [0] + Array("\(number)".utf8) + [0]
      let bare = name.utf8.count == 3 ? String(name.dropFirst().dropLast()) : name
      if expected[bare] == nil { expected[bare] = "\(number)" }
    }
    // The last name has no value.
    packet += wire(#"{last}\x00"#)
    var symbols = MilterSymbols()
    try symbols.store(wire(#"C{last}\x00before\x00{only}\x00connect\x00"#).span)
    try symbols.store(packet.span)
    for _ in 0..<2 {
      for (name, value) in expected {
        #expect(symbols[name.utf8].map { String(decoding: $0, as: UTF8.self) } == value, "\(name)")
      }
      #expect(symbols["{last}".utf8] == nil)
      #expect(symbols["{only}".utf8] == Array("connect".utf8))
      #expect(symbols["{none}".utf8] == nil)
      symbols.releaseStorage()
    }
    let copy = symbols
    try symbols.store(wire(#"Mj\x00new\x00"#).span)
    #expect(symbols["{n1}".utf8] == nil)
    #expect(copy["{a}".utf8] == expected["a"].map { Array($0.utf8) })
  }
}
