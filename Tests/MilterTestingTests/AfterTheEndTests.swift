import MilterTesting
import Testing

/// A test that goes on after the end of its connection fails; the test process does not end.
@Suite struct AfterTheEndTests {
  /// How a connection ends.
  enum End: CaseIterable {
    case quit, disconnect, quitInMessage, twice

    func end(_ mta: TestMTA) {
      switch self {
      case .quit: mta.quit()
      case .disconnect: mta.disconnect()
      case .quitInMessage:
        mta.rcpt()
        mta.quit()
      case .twice:
        mta.quit()
        mta.disconnect()
        mta.quit()
      }
    }
  }

  /// The steps that a test can play.
  static let steps: [(name: String, play: @Sendable (TestMTA) -> TestStep)] = [
    ("connect", { $0.connect() }), ("helo", { $0.helo() }), ("mail", { $0.mail() }),
    ("rcpt", { $0.rcpt() }), ("data", { $0.data() }), ("header", { $0.header("A", "b") }),
    ("eoh", { $0.eoh() }), ("body", { $0.body("text\n") }), ("eom", { $0.eom() }),
    ("unknown", { $0.unknown("NOOP") }), ("rset", { $0.rset() }),
    ("newClient", { $0.newClient() }), ("perform", { $0.perform(.eom) }),
  ]

  @Test(arguments: End.allCases, steps.map(\.name))
  func `A step fails, and the filter does not see it`(end: End, name: String) throws {
    let filter = Gatekeeper()
    let mta = TestMTA(filter: filter)
    mta.send(MTAMail())
    end.end(mta)
    let closes = filter.closes
    let play = try #require(Self.steps.first { $0.name == name }?.play)
    let step = play(mta)
    #expect(step.failure?.code == .afterQuit)
    #expect(step.fate == .refused)
    let error = #expect(throws: UnexpectedOutcome.self) { try step.expect(.continue) }
    #expect(error?.description.contains("the MTA has ended the connection") == true)
    #expect(filter.closes == closes)
  }

  @Test(arguments: End.allCases)
  func `A message fails, and the filter does not see it`(end: End) throws {
    let filter = Gatekeeper()
    let mta = TestMTA(filter: filter)
    mta.send(MTAMail())
    end.end(mta)
    let aborts = filter.aborts
    for _ in 1...2 {
      let outcome = mta.send(MTAMail(from: "late@example.org"))
      #expect(outcome.verdict == .failure)
      #expect(outcome.failure?.code == .afterQuit)
      let error = #expect(throws: UnexpectedOutcome.self) { try outcome.expect(.accept) }
      #expect(error?.description.contains("the MTA has ended the connection") == true)
    }
    #expect(try mta.sendTwice(MTAMail()).failure?.code == .afterQuit)
    #expect(filter.aborts == aborts)
    #expect(filter.closes == 1)
  }

  @Test(arguments: steps.map(\.name).filter { !["connect", "newClient"].contains($0) })
  func `A message may begin while another one is being played step by step`(name: String) throws {
    let mta = TestMTA(filter: Gatekeeper())
    let play = try #require(Self.steps.first { $0.name == name }?.play)
    _ = play(mta)
    try mta.send(MTAMail()).expect(.accept)
  }
}
