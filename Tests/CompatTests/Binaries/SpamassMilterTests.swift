import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// spamass-milter, which runs spamc from within its callbacks, with a spamd that this test plays.
  @Suite(.requires(.spamassMilter)) struct SpamassMilterTests {
    private let folder: ScratchDirectory

    init() throws {
      try DebianFilter.spamassMilter.check()
      folder = try ScratchDirectory()
    }

    @Test(arguments: RunningFilter.Mode.allCases)
    func `Mail is marked, and spam gets another body`(mode: RunningFilter.Mode) throws {
      let filter = try start(mode, asking: try .spamd())
      try filter.expectLibraryUnderTest()
      let connection = try filter.connect()

      let ham = try connection.deliver(Mail.make(Mail.text))
      #expect(ham.verdict == .accept)
      #expect(ham.actionTexts == ["addheader X-Spam-Status: No, score=0.1"])

      let spam = try connection.deliver(Mail.make("X-Spam-Status: forged\n\(Mail.text)SPAM\n"))
      #expect(spam.verdict == .accept)
      #expect(
        spam.actionTexts == [
          "addheader X-Spam-Flag: YES",
          "chgheader 1 X-Spam-Status: Yes, score=15.0",
          "addheader X-Spam-Level: *****",
          "chgheader 1 Subject: [SPAM] Hello",
          "addheader Content-Type: text/plain",
          "replacebody This is spam.\r\n",
        ])
      connection.quit()
      #expect(try filter.stop() == 0)
    }

    @Test
    func `Spam is refused`() throws {
      let filter = try start(asking: try .spamd(), options: ["-r", "10"])
      let outcome = try filter.connect().deliver(Mail.make("\(Mail.text)SPAM\n"))
      #expect(outcome.verdict == .reject)
      #expect(outcome.replyTexts == ["550 5.7.1 Blocked by SpamAssassin"])
    }

    @Test
    func `Spam is redirected`() throws {
      let filter = try start(asking: try .spamd(), options: ["-b", "spam@example.net"])
      let mail = Mail.make(
        "\(Mail.text)SPAM\n", to: ["<bob@example.net>", "<carol@example.net>"])
      let outcome = try filter.connect().deliver(mail)
      #expect(outcome.verdict == .accept)
      let recipients = outcome.result.envelope.recipients.map(\.description)
      #expect(recipients == ["<spam@example.net>"])
      #expect(
        outcome.values(of: "X-Spam-Orig-To").sorted()
          == ["<bob@example.net>", "<carol@example.net>"])
    }

    private func start(
      _ mode: RunningFilter.Mode = .foreground, asking spamd: FakeService, options: [String] = []
    ) throws -> RunningFilter {
      let path = folder.path(of: "socket")
      let background = mode == .daemon ? ["-f"] : []
      return try RunningFilter(
        DebianFilter.spamassMilter.program,
        ["-p", path, "-P", folder.path(of: "pid")] + background + options
          + ["--", "-d", "127.0.0.1", "-p", "\(spamd.port)"],
        socket: "unix:\(path)", mode: mode, asking: spamd, in: folder)
    }
  }
}
