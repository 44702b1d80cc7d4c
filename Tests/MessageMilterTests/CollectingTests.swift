@testable import MilterKit
import MilterMessageFixtures
import MilterTesting
import Testing

/// The parts of a message that a filter gets, and the steps that the MTA sends for them.
@Suite struct CollectingTests {
  @Test func `Only overridden steps are answered`() throws {
    let filter = ClosureMilter { _ in .accept }
    let mta = TestMTA(.postfix, filter: filter)
    mta.send(MTAMail())
    let steps = try #require(mta.negotiated?.options.steps)
    #expect(
      steps == [
        .nodata, .noeoh, .nounknown, .nrConn, .nrHelo, .nrMail, .nrRcpt, .nrHdr, .nrBody, .skip,
        .hdrLeadspc,
      ])
    #expect(mta.steps.filter { $0.fate == .asked }.map(\.callback) == [.eom])
  }

  /// A filter that refuses at the early callbacks.
  private final class Early: MessageMilter {
    private(set) var seen: [String] = []

    nonisolated(nonsending) override func envfrom(_ sender: String, _ args: [String]) async throws
      -> Status
    {
      sender == "<spam@example.org>" ? .reject : .continue
    }
    nonisolated(nonsending) override func envrcpt(_ recipient: String, _ args: [String])
      async throws
      -> Status
    {
      await Task.yield()
      seen.append(recipient)
      return recipient.hasPrefix("<no") ? .reject : recipient.hasPrefix("<skip") ? .skip : .continue
    }
    nonisolated(nonsending) override func eoh() async throws -> Status {
      seen.append(
        "\(messageSoFar.headers.count) fields, \(messageSoFar.recipients.count) recipients")
      return messageSoFar.headers["Subject"] == "spam" ? .tempfail : .continue
    }
    nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
      -> Status
    {
      seen += message.recipients.map(\.text)
      return .accept
    }
  }

  @Test func `Overridden callbacks refuse early, and only they are answered`() throws {
    let filter = Early()
    let mta = TestMTA(.postfix, filter: filter)
    try mta.send(MTAMail(from: "spam@example.org")).expect(.reject, at: .envfrom)
    try mta.send(MTAMail(to: "a@x.example", "no@x.example", "skip@x.example", "b@x.example"))
      .expect(.accept)
    #expect(
      filter.seen == [
        "<a@x.example>", "<no@x.example>", "<skip@x.example>", "1 fields, 3 recipients",
        "a@x.example", "skip@x.example", "b@x.example",
      ])
    try mta.send(MTAMail(headers: ["Subject": "spam"])).expect(.tempfail, at: .eoh)
    let asked = Set(mta.steps.filter { $0.fate == .asked }.map(\.callback))
    #expect(asked.isSubset(of: [.envfrom, .envrcpt, .eoh, .eom, .abort]))
  }

  @Test func `Nothing of a message reaches the next one`() throws {
    let filter = ClosureMilter { message in
      #expect(
        message.recipients.count == 1 && message.headers.count == 1 && message.body.count == 6)
      return .accept
    }
    let mta = TestMTA(.sendmail, filter: filter)
    mta.mail()
    mta.rcpt()
    mta.header("X", "y")
    mta.rset()
    try mta.send(MTAMail()).expect(.accept)
    try mta.sendTwice(MTAMail()).expect(.accept)
    #expect(filter.count == 3)
  }

  @Test(arguments: [0, 1, 256 << 10, (256 << 10) + 1, 1_000_000])
  func `A body is whole, in memory or in a file`(count: Int) throws {
    let body = (0..<count).map { 0x20 + UInt8($0 % 89) }
    let filter = ClosureMilter { message in
      #expect(message.body.count == count)
      var pieces: [UInt8] = []
      var reader = message.body.reader
      while let piece = try reader.next() { pieces += piece }
      let isWhole = try pieces == body && message.body.bytes == body
      #expect(isWhole)
      return .accept
    }
    var mail = MTAMail()
    mail.message.body = body
    try TestMTA(.postfix, filter: filter).send(mail).expect(.accept)
    #expect(filter.count == 1)
  }

  private class Limited: MessageMilter {
    private(set) var count = 0
    override class var messageLimit: MessageLimit { .init(bytes: 1000) }
    nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
      -> Status
    {
      count += 1
      message.headers["X-Seen"] = "yes"
      return .accept
    }
  }
  private final class Accepting: Limited {
    override class var messageLimit: MessageLimit { .init(bytes: 1000, policy: .accept) }
  }
  private final class Failing: Limited {
    override class var messageLimit: MessageLimit { .init(bytes: 1000, policy: .tempfail) }
  }

  @Test func `A message that is too large is refused, passed, or deferred, but never cut`() throws {
    let large = MTAMail(body: String(repeating: "x", count: 1000) + "\n")
    let headers = MTAMail(headers: ["X": String(repeating: "x", count: 1000)])
    for (size, mail) in [("large body", large), ("large header", headers)] {
      let refusing = Limited()
      let mta = TestMTA(.postfix, filter: refusing)
      try mta.send(mail).expect(.reject, reply: "552 5.3.4 Message size exceeds fixed limit")
      #expect(refusing.count == 0, "\(size)")
      // The next message reaches the filter.
      #expect(try mta.send(MTAMail()).expect(.accept).headers("X-Seen") == ["yes"], "\(size)")
      let passed = try TestMTA(.postfix, filter: Accepting()).send(mail).expect(.accept)
      #expect(passed.actions == [], "\(size)")
      try TestMTA(.postfix, filter: Failing()).send(mail).expect(
        .tempfail, reply: "452 4.3.1 Message is too large for now, please try again later")
    }
  }

  private final class Bodiless: MessageMilter {
    override class var needsBody: Bool { false }
    nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
      -> Status
    {
      #expect(throws: MilterError(.wrongTime, "")) { try message.body.bytes }
      try message.body.replace(with: "new\n")
      return .accept
    }
  }

  @Test func `A body that nobody needs is not sent`() throws {
    let mta = TestMTA(.postfix, filter: Bodiless())
    #expect(try mta.send(MTAMail()).expect(.accept).body == "new\r\n")
    #expect(mta.negotiated?.options.steps.contains(.nobody) == true)
  }

  @Test func `Actions that bypass the value are refused`() throws {
    final class Mixed: MessageMilter {
      nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
        -> Status
      {
        try addheader("X", "y")
        return .accept
      }
    }
    let mta = TestMTA(.postfix, filter: Mixed())
    try mta.send(MTAMail()).expect(.tempfail)
    #expect(mta.log.contains { $0.contains("eom threw") })
  }

  @Test
  func `Changes of a refused message are not made, and a refused assignment defers it`()
    throws
  {
    let refusing = ClosureMilter { message in
      message.headers["X"] = "y"
      return .reject
    }
    #expect(try TestMTA(.postfix, filter: refusing).send(MTAMail()).expect(.reject).actions == [])
    let mistaken = ClosureMilter { message in
      message.headers["X"] = "y"
      message.headers["Y"] = "a\nb"
      return .accept
    }
    #expect(try TestMTA(.postfix, filter: mistaken).send(MTAMail()).expect(.tempfail).actions == [])
  }

  @Test func `The client and macros are available without any request`() throws {
    let filter = ClosureMilter { message in
      #expect(message.client.user == "joe")
      #expect(message.client.helo == "client.example.org")
      #expect(message.macros[.queueID] != nil)
      return .accept
    }
    var mail = MTAMail()
    mail.envelope.macros["{auth_authen}"] = "joe"
    for profile in MTAProfile.all where profile.dialect == .complete {
      try TestMTA(profile, filter: filter).send(mail).expect(.accept)
    }
  }

  /// A filter that fails to store the body.
  private final class Unkept: MessageMilter {
    private(set) var count = 0
    nonisolated(nonsending) override func eoh() async throws -> Status {
      do {
        _ = try MilterNetworks(contentsOf: "/none/none")
      } catch let error as FileError {
        collector.fail(error)
      }
      return .continue
    }
    nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
      -> Status
    {
      count += 1
      return .accept
    }
  }

  @Test func `A body that could not be kept is not mistaken for an empty one`() throws {
    let filter = Unkept()
    let mta = TestMTA(.postfix, filter: filter)
    try mta.send(MTAMail()).expect(.tempfail)
    #expect(filter.count == 0)
    #expect(mta.log.contains { $0.contains("eom threw") })
    let error = #expect(throws: FileError.self) { try MilterNetworks(contentsOf: "/none/none") }
    var body = MilterMessage.Body(.failed(try #require(error)), traits: MTATraits())
    try body.replace(with: "")
    #expect(body.isNew)
  }

  @Test func `A header of many small fields is too large before it fills memory`() throws {
    let filter = ClosureMilter()
    var collector = MessageCollector()
    let payload = Array("X\0y\0".utf8)
    for _ in 0..<(8 << 20) / 66 { try collector.take(.header, payload.span, filter) }
    #expect(!collector.isTooLarge)
    try collector.take(.header, payload.span, filter)
    #expect(collector.isTooLarge)
  }

  private final class Shown: MessageMilter {
    private(set) var seen: [String] = []
    override class var rejectedRecipients: Bool { true }
    nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
      -> Status
    {
      seen += message.recipients.map(\.text)
      return .accept
    }
  }

  @Test func `A recipient that the MTA rejected is not part of the message`() throws {
    let filter = Shown()
    var mail = MTAMail(to: "a@x.example", "no@x.example", "b@x.example")
    mail.envelope.recipients[1].refusal = Array("550 5.1.1 User unknown".utf8)
    TestMTA(.sendmail, filter: filter).send(mail)
    #expect(filter.seen == ["a@x.example", "b@x.example"])
  }

  @Test func `A recipient of a virtual alias domain is part of a message from Postfix`() throws {
    let filter = Shown()
    let mta = TestMTA(.postfix, filter: filter)
    mta.macros["{rcpt_mailer}"] = "error"
    mta.macros["{rcpt_host}"] = "5.1.1 User unknown in virtual alias table"
    try mta.send(MTAMail(to: "a@alias.example")).expect(.accept)
    #expect(filter.seen == ["a@alias.example"])
  }
}
