import MilterCore
import MilterFilterFixtures
import MilterTesting
import Testing

/// The notes about a message that members share.
@Suite struct NoteTests {
  private enum Score: MilterNoteKey { typealias Value = Int }
  private enum Other: MilterNoteKey { typealias Value = Int }

  /// A filter that counts recipients.
  private final class Scorer: Milter {
    override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
      messageNotes[Score.self, default: 0] += 1
      return recipient.contains("refused") ? .reject : .continue
    }
    override func eom() throws -> Status { .accept }
  }

  /// A filter that adds header fields with the notes.
  private final class Reader: Milter {
    private var ended: Int?
    override func eom() throws -> Status {
      try addheader("X-Score", "\(messageNotes[Score.self] ?? 0)")
      try addheader("X-Other", "\(messageNotes[Other.self] ?? 0)")
      try addheader("X-Ended", "\(ended ?? 0)")
      return .continue
    }
    override func messageEnded() { ended = messageNotes[Score.self] }
  }

  private static func message(_ recipients: Int) -> MTAMail {
    var message = MTAMail()
    message.envelope.recipients = (0..<recipients).map { .init("<r\($0)@example.org>") }
    return message
  }

  @Test func `A note is available to later members and conditions until the message ends`()
    throws
  {
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        Scorer()
        ChainMember.filter(Reader()).named("some").whenMessage { $0.notes[Score.self] == 3 }
        Reader()
      })
    let three = try mta.send(Self.message(3)).expect(.accept)
    #expect(three.headers("X-Score") == ["3", "3"])
    #expect(three.headers("X-Other") == ["0", "0"])
    let one = try mta.send(Self.message(1)).expect(.accept)
    #expect(one.headers("X-Score") == ["1"])
    // The last reader noted this value when the previous message ended.
    #expect(one.headers("X-Ended") == ["3"])
    // The notes of an aborted message are discarded.
    mta.mail()
    mta.rcpt()
    mta.rset()
    #expect(try mta.send(Self.message(2)).expect(.accept).headers("X-Score") == ["2"])
  }

  /// A filter that keeps the notes after the message, like a task that continues.
  private final class Late: Milter {
    private var kept: MilterNotes?
    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      kept?[Score.self] = 100
      kept?[Other.self] = 100
      return .continue
    }
    override func eom() throws -> Status {
      kept = messageNotes
      try addheader("X-Late", "\(messageNotes[Other.self] ?? 0)")
      return .continue
    }
  }

  @Test func `Notes after the end of a message are not visible in the next one`() throws {
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        Late()
        Scorer()
        Reader()
      })
    let alone = TestMTA(.postfix, filter: Late())
    for _ in 0..<2 {
      let outcome = try mta.send(Self.message(2)).expect(.accept)
      #expect(outcome.headers("X-Score") == ["2"])
      #expect(outcome.headers("X-Other") == ["0"])
      #expect(try alone.send(Self.message(2)).expect(.accept).headers("X-Late") == ["0"])
    }
  }

  /// A member that notes its own score, and adds header fields with the notes.
  private static var closure: ChainMember {
    .message { message, notes in
      message.headers["X-Score"] = "\(notes[Score.self] ?? 0)"
      message.headers["X-Other"] = "\(notes[Other.self] ?? 0)"
      (notes[Score.self], notes[Other.self]) = (nil, 7)
      return .continue
    }
  }

  @Test func `A closure reads and writes notes`() throws {
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        Scorer()
        Self.closure
        Reader()
      })
    for _ in 0..<2 {
      let outcome = try mta.send(Self.message(2)).expect(.accept)
      #expect(outcome.headers("X-Score") == ["2", "0"])
      #expect(outcome.headers("X-Other") == ["0", "7"])
    }
  }

  @Test func `A shadow sees the notes of others, and nobody sees those of a shadow`() throws {
    let journal = MilterFilterFixtures.Journal()
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        Scorer()
        ChainMember.message { _, notes in
          journal.note("\(notes[Score.self] ?? 0) \(notes[Other.self] ?? 0)")
          (notes[Score.self], notes[Other.self]) = (nil, 7)
          return .continue
        }.shadow().whenMessage {
          $0.notes[Other.self] = 9
          return true
        }
        ChainMember.filter(Scorer()).shadow()
        Reader()
      })
    for _ in 0..<2 {
      let outcome = try mta.send(Self.message(2)).expect(.accept)
      #expect(outcome.headers("X-Score") == ["2"])
      #expect(outcome.headers("X-Other") == ["0"])
    }
    #expect(journal.all == ["2 9", "2 9"])
  }

  @Test func `Connections do not share notes, and a filter alone has its own`() throws {
    let chains = (0..<2).map { _ in
      TestMTA(
        .postfix,
        filter: MilterChain {
          Scorer()
          Reader()
        })
    }
    for mta in chains {
      mta.mail()
      mta.rcpt()
    }
    for mta in chains {
      mta.rset()
      #expect(try mta.send(Self.message(1)).expect(.accept).headers("X-Score") == ["1"])
    }
    let alone = TestMTA(.postfix, filter: Reader())
    #expect(try alone.send(Self.message(1)).expect(.accept).headers("X-Score") == ["0"])
  }
}
