import Testing

/// Recorded examples of the original's behavior, tested with the original and with our library.
@Suite(.needsOriginal, .timeLimit(.minutes(15)))
struct OracleTests {
  @Test(arguments: OracleCase.framing + OracleCase.order + OracleCase.negotiation)
  func `Framing, order, and negotiation are as recorded`(example: OracleCase) throws {
    try check(example)
  }

  @Test(arguments: OracleCase.arguments + OracleCase.macros + OracleCase.replies)
  func `Arguments, macros, and replies are as recorded`(example: OracleCase) throws {
    try check(example)
  }

  private func check(_ example: OracleCase) throws {
    let build = try FilterBuild.shared.get()
    for library in [Library.original, build.candidate] {
      let player = try SessionPlayer(build.program, library, example.variant)
      let outcome = try player.play(example.session)
      let found = OracleCase.shown(outcome)
      let isOurs = library.name != Library.original.name
      let expected = isOurs ? example.ours ?? (example.replies, example.called) : nil
      let (replies, called) = expected ?? (example.replies, example.called)
      #expect(!outcome.isHung, "\(library.name)")
      #expect(found.replies == replies, "\(library.name)")
      #expect(found.called == called, "\(library.name)")
      if isOurs && example.ours != nil { continue }
      let trace = String(decoding: outcome.trace, as: UTF8.self)
      for line in example.traced {
        #expect(trace.contains(line + "\n"), "\(library.name)\n\(trace)")
      }
    }
  }

  /// Fact 3.15 is the only known difference that needs two connections.
  @Test func `Bits of a negotiation and later connections`() throws {
    let build = try FilterBuild.shared.get()
    var variant = Variant()
    variant.callbacks = Variant.Callback.all
    for library in [Library.original, build.candidate] {
      let player = try SessionPlayer(build.program, library, variant)
      var session = Session(seed: 0, variant: variant)
      session.manners = .rules
      session.rules = "negotiate 0 steps 0x4"
      session.steps = [.write(Letters.bytes("OCHR"))]
      let first = OracleCase.shown(try player.play(session))
      #expect(first.called == "negotiate connect helo envrcpt abort close", "\(library.name)")
      session.rules = ""
      let second = OracleCase.shown(try player.play(session))
      let isOriginal = library.name == Library.original.name
      let called = "negotiate connect helo \(isOriginal ? "envrcpt abort " : "")close"
      #expect(second.called == called, "\(library.name)")
    }
  }

  @Test(arguments: [(2, 0), (4, 0), (0x0100_007f, 0), (1, -1), (5, -1), (0x0200_0001, -1)])
  func `Versions that register`(version: Int64, result: Int) throws {
    let build = try FilterBuild.shared.get()
    var variant = Variant()
    variant.version = version
    variant.limit = 20
    for library in [Library.original, build.candidate] {
      let process = try FilterProcess(build.program, library, variant)
      #expect(process.start.register == result, "\(library.name)")
      #expect(
        process.start.setConnection == 0 && process.start.oldLimit == 65535, "\(library.name)")
    }
  }
}
