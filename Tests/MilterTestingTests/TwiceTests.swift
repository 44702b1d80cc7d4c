import MilterTesting
import Testing

/// A filter's second message, on the same connection.
@Suite struct TwiceTests {
  /// Counts recipients, and does not reset the count after a message.
  private final class Leaky: Milter {
    private var recipients = 0
    override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
      recipients += 1
      return .continue
    }
    override func eom() throws -> Status {
      try addheader("X-Recipients", "\(recipients)")
      return .accept
    }
  }

  /// Records the queue ID.
  private final class Stamped: Milter {
    override func eom() throws -> Status {
      try addheader("X-ID", getsymval("i") ?? "-")
      return .accept
    }
  }

  @Test func `State that leaks into the next message is found and shown`() throws {
    let mta = TestMTA(filter: Leaky())
    #expect {
      try mta.sendTwice(MTAMail())
    } throws: { error in
      let text = "\((error as? UnexpectedOutcome)?.description ?? "")"
      return text.hasPrefix("the same outcome was expected the second time\n")
        && text.contains("- eom      addheader X-Recipients: 1\n")
        && text.contains("+ eom      addheader X-Recipients: 2\n")
    }
  }

  @Test func `The same message has the same queue ID both times`() throws {
    let mta = TestMTA(filter: Stamped())
    let first = try mta.sendTwice(MTAMail()).expect(.accept)
    #expect(first.headers("X-ID") == ["4TRY000000"])
    #expect(mta.send(MTAMail()).headers("X-ID") == ["4TRY000001"])
  }
}
