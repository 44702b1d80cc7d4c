import MilterFilterFixtures
import MilterTesting
import Testing

/// The calls of a chain's members in each step.
@Suite struct ChainTests {
  /// Returns a filter that runs a closure in one callback.
  private func filter(
    _ callback: MilterCallback, _ journal: Journal? = nil,
    _ work: @escaping @Sendable (ScriptedFilter) throws -> MilterStatus
  ) -> ScriptedFilter {
    ScriptedFilter(journal) { filter, current in
      current == callback ? try work(filter) : .continue
    }
  }

  @Test func `Later members see fields and body as earlier ones have changed them`() throws {
    let journal = Journal()
    let mta = chain(
      filter(.eom) {
        try $0.chgheader("Subject", 1, "changed")
        try $0.addheader("X-New", "yes")
        try $0.replacebody("new\r\n")
        return .continue
      }, ScriptedFilter(journal))
    let outcome = try mta.send(MTAMail(headers: ["Subject": "old", "X-A": "a"])).expect(.accept)
    #expect(outcome.headers == ["Subject: changed", "X-A: a", "X-New: yes"])
    #expect(outcome.body == "new\r\n")
    let content = journal.all.filter { $0.hasPrefix("header ") || $0.hasPrefix("body ") }
    #expect(
      content == ["header Subject changed", "header X-A a", "header X-New yes", "body 5"])
  }

  @Test func `The last new body is sent once, after all other changes`() throws {
    let mta = chain(
      filter(.eom) {
        try $0.replacebody("first\r\n")
        return .continue
      },
      filter(.eom) {
        try $0.replacebody("second\r\n")
        try $0.addheader("X-New", "yes")
        try $0.addrcpt("new@example.org")
        return .continue
      })
    let actions = mta.send(MTAMail()).actions
    #expect(
      actions == [
        .addheader(name: Array("X-New".utf8), value: Array("yes".utf8)),
        .addrcpt(Array("new@example.org".utf8)), .replacebody(Array("second\r\n".utf8)),
      ])
  }

  @Test func `Nothing is changed if a later member rejects, and only its reply is sent`()
    throws
  {
    let mta = chain(
      filter(.eom) {
        try $0.setreply("451", "4.7.1", "never sent")
        try $0.addheader("X-New", "yes")
        return .continue
      },
      filter(.eom) {
        try $0.setreply("554", "5.7.9", "mine")
        return .reject
      }, filter(.eom) { _ in .tempfail })
    let outcome = try mta.send(MTAMail()).expect(.reject, reply: "554 5.7.9 mine")
    #expect(outcome.actions == [])
  }

  @Test func `A reply of class 4 does not color another member's reject`() throws {
    let mta = chain(
      filter(.envfrom) {
        try $0.setreply("450", "4.7.1", "later")
        return .continue
      }, filter(.envfrom) { _ in .reject })
    try mta.mail().expect(.reject, reply: "550 5.7.1 Command rejected")
  }

  private final class AsyncStamp: AsyncMilter {
    nonisolated(nonsending) override func eom() async throws -> Status {
      await Task.yield()
      try addheader("X-Async", "yes")
      return .continue
    }
  }

  private final class MessageStamp: MessageMilter {
    nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
      -> Status
    {
      message.headers["X-Message"] = message.headers["X-Async"] ?? "nothing"
      return .continue
    }
  }

  @Test func `Members may be classes of every kind, and chains`() throws {
    let journal = Journal()
    for profile in [MTAProfile.postfix, .sendmail] {
      let mta = TestMTA(
        profile,
        filter: MilterChain {
          AsyncStamp()
          MilterChain {
            MessageStamp()
            filter(.envrcpt, journal) { $0.arguments == ["<no@example.org>"] ? .reject : .continue }
          }
          Stamp()
        })
      for _ in 0..<2 {
        let outcome = try mta.send(MTAMail(to: "a@example.org", "no@example.org")).expect(.accept)
        #expect(outcome.headers.suffix(3) == ["X-Async: yes", "X-Message: yes", "X-Stamp: yes"])
        let recipients = outcome.result.envelope.recipients.map(\.address)
        #expect(recipients == [Array("<a@example.org>".utf8)])
      }
      #expect(mta.log == [])
    }
    #expect(journal.all.count { $0 == "eom" } == 4)
  }

  @Test func `A recipient that one member refuses is not shown to those after it`() throws {
    let (first, last) = (Journal(), Journal())
    let mta = chain(
      ScriptedFilter(first),
      filter(.envrcpt) { $0.arguments.first == "<bad@example.org>" ? .reject : .continue },
      ScriptedFilter(last))
    mta.rcpt(to: "good@example.org")
    try mta.rcpt(to: "bad@example.org").expect(.reject)
    #expect(first.all.filter { $0.hasPrefix("envrcpt") }.count == 2)
    #expect(
      last.all.filter { $0.hasPrefix("envrcpt") } == ["envrcpt <good@example.org>"])
    try mta.send(MTAMail()).expect(.accept)
  }

  @Test func `A verdict aborts the message once for the members that have not decided`() throws {
    let (first, decider, last) = (Journal(), Journal(), Journal())
    let mta = chain(
      ScriptedFilter(first), filter(.data, decider) { _ in .reject }, ScriptedFilter(last))
    mta.rcpt()
    try mta.data().expect(.reject)
    mta.rset()
    #expect(first.all.filter { $0 == "abort" }.count == 1)
    #expect(last.all.filter { $0 == "abort" }.count == 1)
    #expect(decider.all.filter { $0 == "abort" }.isEmpty)
  }

  @Test func `A member that accepts sees no more of the message, others do`() throws {
    let (first, last) = (Journal(), Journal())
    let mta = chain(filter(.envfrom, first) { _ in .accept }, ScriptedFilter(last))
    try mta.send(MTAMail()).expect(.accept)
    #expect(first.all.contains("eom") == false)
    #expect(last.all.contains("eom"))
    try mta.send(MTAMail()).expect(.accept)
    #expect(first.all.filter { $0.hasPrefix("envfrom") }.count == 2)
  }

  @Test func `A member that has accepted gets no abort, and the others get one`() throws {
    let (first, last) = (Journal(), Journal())
    let mta = chain(
      filter(.envrcpt, first) { _ in .continue }, filter(.envfrom, last) { _ in .accept })
    mta.mail()
    mta.rcpt()
    mta.rset()
    mta.rset()
    #expect(first.all.count { $0 == "abort" } == 1)
    #expect(last.all.count { $0 == "abort" } == 0)
  }

  @Test func `Two members of one type are two instances with names of their own`() throws {
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        ChainMember.filter(filter(.eom) { _ in throw Oops() }).onFailure(.accept)
        filter(.eom) {
          try $0.addheader("X-New", "yes")
          return .continue
        }
      })
    #expect(try mta.send(MTAMail()).expect(.accept).headers("X-New") == ["yes"])
    #expect(mta.log.count { $0.contains("ScriptedFilter[0] has failed, ") } == 1, "\(mta.log)")
    #expect(!mta.log.contains { $0.contains("ScriptedFilter[1] ") }, "\(mta.log)")
  }

  @Test func `A member that throws is a tempfail, or is skipped`() throws {
    func send(_ fallback: ChainMember.Fallback) -> MTAOutcome {
      let member = ChainMember.filter(
        filter(.eom) {
          try $0.addheader("X-Lost", "yes")
          throw Oops()
        }
      ).onFailure(fallback)
      return TestMTA(.postfix, filter: MilterChain { member }).send(MTAMail())
    }
    try send(.tempfail).expect(.tempfail)
    #expect(try send(.accept).expect(.accept).actions == [])
  }

  @Test func `A member whose condition does not hold sees nothing of the message`() throws {
    let (client, content) = (Journal(), Journal())
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        ChainMember.filter(ScriptedFilter(client)).when { $0.isAuthenticated }
        ChainMember.filter(ScriptedFilter(content)).whenMessage { $0.recipients.count > 1 }
      })
    try mta.send(MTAMail()).expect(.accept)
    #expect(client.all.contains { $0.hasPrefix("envfrom") } == false)
    #expect(content.all.contains { $0.hasPrefix("header") } == false)
    #expect(content.all.filter { $0 == "abort" }.count == 1)
    mta.macros["{auth_authen}"] = "joe"
    try mta.send(MTAMail(to: "a@example.org", "b@example.org")).expect(.accept)
    #expect(client.all.contains("eom"))
    #expect(content.all.contains("eom"))
  }

  @Test func `Members get the macros that they would have received alone`() throws {
    final class Asking: Milter {
      static let seen = Journal()
      override class var macros: [MilterStage: [MilterMacroName]] { [.envfrom: [.mailAddr]] }
      override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
        Self.seen.note("\(getsymval("{mail_addr}") ?? "-") \(getsymval("{mail_host}") ?? "-")")
        return .continue
      }
    }
    let journal = Journal()
    for profile in [MTAProfile.postfix, .sendmail] {
      let mta = TestMTA(
        profile,
        filter: MilterChain {
          Asking()
          filter(.envfrom) {
            journal.note(
              "\($0.getsymval("{mail_addr}") ?? "-") \($0.getsymval("{mail_host}") ?? "-")")
            return .continue
          }
        })
      mta.mail(from: "a@example.org")
    }
    #expect(Asking.seen.all == ["a@example.org -", "a@example.org -"])
    #expect(journal.all == ["a@example.org example.org", "a@example.org example.org."])
  }

  /// A chain with a limit of 1000 bytes.
  private final class Small: MilterChain {
    @TaskLocal static var policy = MessageLimit.Policy.refuse
    override class var messageLimit: MessageLimit { .init(bytes: 1000, policy: policy) }
    override init(@ChainBuilder _ members: () -> [ChainMember]) { super.init(members) }
    required init() { super.init() }
  }

  @Test(
    arguments: [
      (.refuse, .reject, "552 5.3.4 Message size exceeds fixed limit"),
      (.tempfail, .tempfail, "452 4.3.1 Message is too large for now, please try again later"),
      (.accept, .accept, nil),
    ] as [(MessageLimit.Policy, MTAVerdict, String?)])
  func `The limit's policy decides about a message that is too large, and no member sees its end`(
    policy: MessageLimit.Policy, verdict: MTAVerdict, reply: String?
  ) throws {
    let journal = Journal()
    try Small.$policy.withValue(policy) {
      let mta = TestMTA(.postfix, filter: Small { ScriptedFilter(journal) })
      let large = try mta.send(MTAMail(body: String(repeating: "x", count: 2000)))
        .expect(verdict, reply: reply)
      #expect(large.actions == [])
      #expect(!journal.all.contains("eom"))
      try mta.send(MTAMail()).expect(.accept)
      #expect(journal.all.filter { $0 == "eom" }.count == 1)
    }
  }

  @Test func `A header of more than 8 MiB is too large`() throws {
    let journal = Journal()
    let mta = TestMTA(.libmilterReference, filter: MilterChain { ScriptedFilter(journal) })
    let fields = (0..<200).map { MTAHeader("X-\($0)", String(repeating: "x", count: 50_000)) }
    var mail = MTAMail()
    mail.message.headers = fields
    try mta.send(mail).expect(.reject, reply: "552 5.3.4 Message size exceeds fixed limit")
    #expect(!journal.all.contains("eom"))
    mail.message.headers = Array(fields.prefix(100))
    try mta.send(mail).expect(.accept)
  }

  @Test func `A body of megabytes reaches all members, and can be replaced by one as large`() throws
  {
    let journal = Journal()
    let body = String(repeating: "0123456789abcde\n", count: 200_000)
    let mta = chain(
      filter(.eom) {
        try $0.replacebody(String(repeating: "fedcba987654321\r\n", count: 200_000))
        return .continue
      }, ScriptedFilter(journal))
    let outcome = try mta.send(MTAMail(body: body)).expect(.accept)
    let sizes = journal.all.filter { $0.hasPrefix("body ") }.compactMap { Int($0.dropFirst(5)) }
    #expect(sizes.reduce(0, +) == 200_000 * 17)
    #expect(outcome.result.message.body.count == 200_000 * 17)
    #expect(outcome.body.hasPrefix("fedcba"))
  }

  @Test func `Members end as a filter alone if the MTA leaves after it has ended a client`() {
    let (alone, first, last) = (Journal(), Journal(), Journal())
    let chain = MilterChain {
      ScriptedFilter(first)
      ScriptedFilter(last)
    }
    for filter in [ScriptedFilter(alone), chain] {
      let mta = BareMTA(filter)
      mta.mail()
      mta.rcpt()
      mta.content()
      mta.tell(.quitNewConnection)
      mta.leave()
    }
    #expect(alone.all.suffix(3) == ["eom", "close", "close"])
    #expect(first.all.suffix(3) == alone.all.suffix(3))
    #expect(last.all.suffix(3) == alone.all.suffix(3))
  }

  @Test func `Another client on the connection and a second HELO reach all members`() throws {
    let (first, last) = (Journal(), Journal())
    let mta = TestMTA(
      .libmilterReference,
      filter: MilterChain {
        ScriptedFilter(first)
        ScriptedFilter(last)
      })
    mta.helo("one")
    mta.helo("two")
    mta.newClient()
    mta.helo("three")
    mta.quit()
    for journal in [first, last] {
      #expect(
        journal.all.map { $0.prefix { $0 != " " } } == [
          "negotiate", "connect", "helo", "helo", "close", "connect", "helo", "close",
        ])
    }
  }

  private struct Oops: Error {}
}
