import Glibc
import MilterCore
import MilterMTA
import MilterProcessFixtures
import MilterTextFixtures
import Testing

extension DebianBinaries {
  /// A Python filter of ours on pymilter, which uses all of libmilter but smfi_setmaxdatasize.
  @Suite(.requires(.pymilter)) struct PymilterTests {
    private let folder: ScratchDirectory

    init() throws {
      try DebianFilter.pymilter.check()
      folder = try ScratchDirectory()
    }

    @Test(arguments: RunningFilter.Mode.allCases)
    func `Every action arrives as it was requested`(mode: RunningFilter.Mode) throws {
      let filter = try start(mode)
      try filter.expectLibraryUnderTest()
      let connection = try filter.connect()
      for _ in 1...2 {
        let outcome = try connection.deliver(mail("change"))
        #expect(outcome.verdict == .quarantine)
        #expect(outcome.quarantineReason == Array("for a reason".utf8))
        #expect(outcome.progressReplies == 2)
        #expect(
          outcome.actionTexts == [
            "addheader X-Added: last",
            "insheader 1 X-Inserted: second",
            "insheader 0 X-Folded: one\n\ttwo",
            "chgheader 1 Subject: changed",
            "chgheader 2 X-Twice: ",
            "chgfrom <changed@example.org>",
            "chgfrom <again@example.org> SIZE=100 BODY=8BITMIME",
            "addrcpt <added@example.net>",
            "addrcptPar <notified@example.net> NOTIFY=NEVER ORCPT=rfc822;x@example.net",
            "delrcpt <bob@example.net>",
            "replacebody new body,\r\n",
            "replacebody in two pieces\r\n",
            "quarantine for a reason",
          ])
      }
      try quit(connection)
      #expect(try filter.stop() == 0)
      #expect(try folder.text("journal").hasSuffix("close\nended\n"))
    }

    @Test
    func `Callbacks get what the MTA sent, and the requested macros`() throws {
      let filter = try start()
      let connection = try filter.connect()
      var mail = mail("plain")
      mail.envelope.sender = .init("<alice@example.org>", "SIZE=100 BODY=8BITMIME")
      mail.envelope.recipients.append(.init("<carol@example.net>", "NOTIFY=NEVER"))
      mail.envelope.macros.set("{msg_id}", Array("1@example.org".utf8))
      mail.message.headers.append(
        .init(name: Array("X-Bytes".utf8), value: [0x20, 0xff, 0x0a, 0x09, 0xc3, 0xa9]))
      #expect(try connection.deliver(mail).verdict == .accept)
      let agreed = try #require(connection.negotiated)
      #expect(agreed.options.version == 6)
      #expect(agreed.options.actions == .all)
      #expect(agreed.options.steps == [.nodata, .nrHelo, .nrHdr, .nrEoh, .skip])
      #expect(
        agreed.macroLists == [
          .init(stage: .connect, macros: Array("j {client_addr}".utf8)),
          .init(stage: .envfrom, macros: Array("i {mail_addr}".utf8)),
          .init(stage: .eom, macros: Array("{msg_id}".utf8)),
        ])
      try quit(connection)
      #expect(try filter.stop(SIGINT) == 0)
      #expect(
        try folder.text("journal") == """
          setsymlist again cannot set macro list
          connect client.example.org 2 ('192.0.2.25', 49152) mx.example.org 192.0.2.25
          without request -
          hello client.example.org
          envfrom <alice@example.org> SIZE=100 BODY=8BITMIME 4TRY000000 alice@example.org
          envrcpt <bob@example.net> bob@example.net
          envrcpt <carol@example.net> NOTIFY=NEVER carol@example.net
          header Subject 'plain'
          header X-Twice 'one'
          header X-Twice 'two'
          header X-Bytes ' \\udcff\\n\\té'
          eoh
          body 6
          eom plain 6 1@example.org
          close
          ended

          """)
    }

    @Test
    func `All that the MTA offers can be accepted`() throws {
      let filter = try start(option: "all-options")
      let connection = try filter.connect()
      #expect(try connection.deliver(mail("plain")).verdict == .accept)
      #expect(try connection.deliver(mail("change")).actions.count == 13)
      let options = try #require(connection.negotiated).options
      #expect(options.actions == .all)
      #expect(options.steps == .skip)
      #expect(try folder.text("journal").contains("\ndata\n"))
      try quit(connection)
      #expect(try filter.stop(SIGHUP) == 0)
    }

    @Test(.serialized, arguments: Verdict.all)
    func `Every verdict and reply arrives`(verdict: Verdict) throws {
      let filter = try start()
      let outcome = try filter.connect().deliver(mail(verdict.subject))
      #expect(outcome.verdict == verdict.verdict)
      #expect(outcome.callback == .eom)
      #expect(outcome.replyTexts == verdict.reply)
    }

    @Test
    func `Recipients are refused one by one`() throws {
      let filter = try start()
      let recipients = ["refused", "bob", "later", "misfit"].map { "<\($0)@example.net>" }
      let outcome = try filter.connect().deliver(mail("plain", to: recipients))
      #expect(outcome.verdict == .accept)
      #expect(outcome.recipients.map(\.verdict) == [.reject, .accept, .tempfail, .reject])
      let replies = outcome.recipients.map { $0.reply.texts }
      #expect(
        replies == [
          ["550 5.1.1 nobody of that name"], [],
          ["451-4.2.1 come back", "451-4.2.1 later,", "451 4.2.1 100% surely"],
          ["550 5.7.1 Command rejected"],
        ])
      #expect(
        outcome.result.envelope.recipients.map(\.bareAddress) == [Array("bob@example.net".utf8)])
    }

    @Test
    func `skip ends the body`() throws {
      let filter = try start()
      let connection = try filter.connect()
      for (subject, chunks) in [
        ("skip", "body 65535\n"), ("plain", "body 65535\nbody 65535\nbody 14\n"),
      ] {
        var mail = mail(subject)
        mail.message.body = [UInt8](repeating: 0x61, count: 2 * 65_535 + 14)
        #expect(try connection.deliver(mail).verdict == .accept, "\(subject)")
        #expect(try folder.text("journal").contains("eoh\n\(chunks)eom \(subject) "), "\(subject)")
      }
    }

    @Test
    func `Many simultaneous connections, each with its own attributes`() throws {
      let filter = try start()
      let connections = try (1...20).map { _ in try filter.connect() }
      for (number, connection) in connections.enumerated() {
        #expect(try connection.deliver(mail("plain \(number)")).verdict == .accept)
      }
      for connection in connections.reversed() { connection.quit() }
      #expect(try filter.stop() == 0)
      let journal = try folder.text("journal")
      for number in connections.indices { #expect(journal.contains("eom plain \(number) 6")) }
    }

    @Test(arguments: ["stop", "stop elsewhere"])
    func `smfi_stop ends the filter`(how: String) throws {
      let filter = try start()
      let connection = try filter.connect()
      let outcome = try connection.deliver(mail(how))
      // libmilter may end before the callback that called smfi_stop returns.
      #expect(outcome.verdict == .accept || outcome.failure?.code == .connectionClosed)
      #expect(try filter.waitForEnd() == 0)
      #expect(try folder.text("journal").hasSuffix("ended\n"))
    }

    /// The filter's verdict on a message with a subject.
    struct Verdict: Sendable, CustomTestStringConvertible {
      let subject: String
      let verdict: MTAVerdict
      var reply: [String] = []
      var testDescription: String { subject }

      static let all = [
        Verdict(subject: "accept", verdict: .accept),
        Verdict(subject: "reject", verdict: .reject, reply: ["550 5.7.1 Command rejected"]),
        Verdict(subject: "discard", verdict: .discard),
        Verdict(
          subject: "tempfail", verdict: .tempfail,
          reply: ["451 4.7.1 Service unavailable - try again later"]),
        Verdict(
          subject: "reply", verdict: .reject, reply: ["554-5.7.1 no,", "554 5.7.1 and no again"]),
        Verdict(
          subject: "exception", verdict: .tempfail,
          reply: ["451 4.3.0 pymilter: untrapped exception in actions"]),
      ]
    }

    private func start(
      _ mode: RunningFilter.Mode = .foreground, option: String? = nil
    ) throws -> RunningFilter {
      let socket = "unix:\(folder.path(of: "socket"))"
      let options = (mode == .daemon ? ["daemon"] : []) + (option.map { [$0] } ?? [])
      return try RunningFilter(
        DebianFilter.pymilter.program,
        [LibraryUnderTest.program("actions.py"), socket, folder.path(of: "journal")] + options,
        socket: socket, mode: mode, in: folder)
    }

    /// Ends a connection, and waits until the filter's close callback has run.
    private func quit(_ connection: Delivery) throws {
      connection.quit()
      try wait(for: "close") { try folder.text("journal").hasSuffix("close\n") }
    }

    private func mail(
      _ subject: String, to recipients: [String] = ["<bob@example.net>"]
    ) -> MTAMail {
      Mail.make("Subject: \(subject)\nX-Twice: one\nX-Twice: two\n\nBody\n", to: recipients)
    }
  }
}
