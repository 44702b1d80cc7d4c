import MilterTesting
import Testing

/// A filter's requests and its view of a message do not depend on how its callbacks are written.
@Suite struct BothKindsTests {
  /// The trusted clients.
  private static let networks = Result { try MilterNetworks("192.0.2.0/24, localhost") }

  /// Records everything that a filter sees.
  private final class Noting: Milter {
    private(set) var notes: [String] = []
    @PerMessage private var fields: [UInt8] = []

    override class var macros: [MilterStage: [MilterMacroName]] {
      [.envfrom: [.authAuthen, .authType], .eom: [.messageID]]
    }
    override class var noReply: MilterCallbacks { .header }
    override class var leadingSpace: Bool { true }
    override class var rejectedRecipients: Bool { true }
    override class var wantsClient: Bool { true }

    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      notes += BothKindsTests.notes(client, mta)
      return .continue
    }
    override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
      notes.append("\(recipient) \(getsymval(.rcptMailer) ?? "-")")
      return .continue
    }
    override func header(_ name: String, _ value: String) throws -> Status {
      fields += rawHeader
      return .continue
    }
    override func eom() throws -> Status {
      notes.append(String(decoding: fields, as: UTF8.self))
      stopServer()
      return .accept
    }
    override func messageEnded() { notes.append("ended \(fields.count)") }
  }

  /// Records the same as an async filter, which suspends before each record.
  private final class AsyncNoting: AsyncMilter {
    private(set) var notes: [String] = []
    @PerMessage private var fields: [UInt8] = []

    override class var macros: [MilterStage: [MilterMacroName]] { Noting.macros }
    override class var noReply: MilterCallbacks { Noting.noReply }
    override class var leadingSpace: Bool { Noting.leadingSpace }
    override class var rejectedRecipients: Bool { Noting.rejectedRecipients }
    override class var wantsClient: Bool { Noting.wantsClient }

    override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
      await Task.yield()
      notes += BothKindsTests.notes(client, mta)
      return .continue
    }
    override func envrcpt(_ recipient: String, _ args: [String]) async throws -> Status {
      await Task.yield()
      notes.append("\(recipient) \(getsymval(.rcptMailer) ?? "-")")
      return .continue
    }
    override func header(_ name: String, _ value: String) async throws -> Status {
      await Task.yield()
      fields += rawHeader
      return .continue
    }
    override func eom() async throws -> Status {
      await Task.yield()
      notes.append(String(decoding: fields, as: UTF8.self))
      stopServer()
      return .accept
    }
    override func messageEnded() { notes.append("ended \(fields.count)") }
  }

  private static func notes(_ client: MilterClientInfo, _ mta: MTAIdentity) -> [String] {
    [
      "\(client.name ?? "-") \(client.address?.text ?? "-") \(client.helo ?? "-")",
      "\(client.user ?? "-") \(client.mechanism ?? "-") \(client.isAuthenticated)",
      "\(client.tls?.version ?? "-") \(client.isLocalSubmission) \(mta.kind)",
      "\(client.address.map { (try? networks.get().contains($0)) == true } == true)",
    ]
  }

  /// Plays two messages, and stops the server at the end of the first.
  private func play(_ mta: TestMTA) throws -> String {
    mta.macros["{auth_authen}"] = "joe"
    mta.macros["{auth_type}"] = "PLAIN"
    mta.connect("localhost", .inet(address: "127.0.0.1", port: 4711))
    mta.helo("helo.example")
    #expect(!mta.isServerStopped)
    let message = MTAMail(
      from: "a@example.org", to: "b@example.org", headers: ["Subject": "one\n two"])
    try mta.send(message).expect(.accept)
    #expect(mta.isServerStopped)
    try mta.send(message).expect(.accept)
    let negotiated = try #require(mta.negotiated)
    return "\(negotiated.options) \(negotiated.macroLists)"
  }

  @Test(arguments: MTAProfile.all.filter { $0.dialect == .complete })
  func `Both request the same from an MTA, and receive the same`(profile: MTAProfile) throws {
    let (filter, async) = (Noting(), AsyncNoting())
    let negotiated = try play(TestMTA(profile, filter: filter))
    #expect(try play(TestMTA(profile, filter: async)) == negotiated)
    #expect(async.notes == filter.notes)
    #expect(filter.notes.count == 14)
    #expect(filter.notes[0..<2] == ["localhost 127.0.0.1 helo.example", "joe PLAIN true"])
    #expect(filter.notes[3] == "true")
    // Postfix passes the addresses of local submissions without angle brackets, so they are optional here.
    #expect(filter.notes[4].contains("b@example.org"))
    #expect(filter.notes[5].contains("Subject: one\r\n two\r\n"))
    #expect(filter.notes[6] == "ended \(filter.notes[5].utf8.count)")
    #expect(filter.notes.suffix(7) == filter.notes.prefix(7))
  }
}
