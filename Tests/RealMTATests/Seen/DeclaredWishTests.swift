import MilterFilterFixtures
import MilterKit
import Testing

/// A filter that declares its options, and records the results.
private final class DeclaringFilter: Milter {
  private let journal: Journal

  init(_ journal: Journal) { self.journal = journal }

  required init() { journal = Journal() }

  override class var macros: [MilterStage: [MilterMacroName]] {
    [
      .connect: [.clientAddr, .mtaVersion], .envfrom: [.mailAddr], .envrcpt: [.queueID],
      .eom: [.hostName],
    ]
  }
  override class var noReply: MilterCallbacks { [.connect, .header, .eoh] }
  override class var leadingSpace: Bool { true }
  override class var rejectedRecipients: Bool { true }

  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    journal.note("\(getsymval(.clientAddr) ?? "-") \(getsymval(.daemonName) ?? "-")")
    return .continue
  }
  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    journal.note("\(getsymval("mail_addr") ?? "-") \(getsymval(.mailHost) ?? "-")")
    return .continue
  }
  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    let isRejected = getsymval(.rcptMailer) == "error"
    journal.note("\(recipient)\(isRejected ? " \(getsymval(.rcptHost) ?? "-")" : "")")
    return .continue
  }
  override func header(_ name: String, _ value: String) throws -> Status {
    if name.hasPrefix("X-") { journal.note("\(name):\(value)") }
    return .continue
  }
  override func eoh() throws -> Status { .continue }
  override func eom() throws -> Status {
    journal.note(getsymval(.hostName) ?? "-")
    try addheader("X-Added", " yes")
    return .accept
  }
}

extension RealMTASuite {
  /// The requests that a filter class declares.
  @Suite struct DeclaredWishTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `An MTA does what a class declares`(kind: RealMTA.Kind) async throws {
      let journal = Journal()
      let message = try await withFilter(kind, making: { DeclaringFilter(journal) }) { mta, _ in
        try mta.queued(
          mail("X-None:bare", "X-One: one", "X-Two:  two"),
          to: ["rcpt@to.example", "nobody@rejected.example"])
      }
      // Sendmail does not show filters the recipients that check_rcpt rejects.
      let rejected = kind == .postfix ? ["<nobody@rejected.example> 5.1.1"] : []
      #expect(
        journal.all == ["127.0.0.1 -", "sender@from.example -", "<rcpt@to.example>"] + rejected + [
          "X-None:bare", "X-One: one", "X-Two:  two",
          "\(kind.rawValue.lowercased()).example.org",
        ])
      #expect(message.fields.last == "X-Added: yes")
      #expect(message.fields.contains("X-None:bare"))
    }
  }
}
