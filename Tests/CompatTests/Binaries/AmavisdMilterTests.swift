import Glibc
import MilterCore
import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// amavisd-milter, with an amavisd that this test plays.
  @Suite(.requires(.amavisdMilter)) struct AmavisdMilterTests {
    private let folder: ScratchDirectory

    init() throws {
      try DebianFilter.amavisdMilter.check()
      folder = try ScratchDirectory()
    }

    @Test(arguments: RunningFilter.Mode.allCases)
    func `The actions that amavisd requests are performed`(mode: RunningFilter.Mode) throws {
      let filter = try start(
        mode,
        answer: """
          insheader=0 X-Inserted first%20one
          addheader=X-Added last%20one
          chgheader=1 Subject changed
          delheader=1 X-Old
          addrcpt=<added@example.net>
          delrcpt=<bob@example.net>
          return_value=continue
          """)
      try filter.expectLibraryUnderTest()
      let connection = try filter.connect()
      for _ in 1...2 {
        let outcome = try connection.deliver(Mail.make("X-Old: value\n\(Mail.text)"))
        #expect(outcome.verdict == .accept)
        #expect(
          outcome.actionTexts == [
            "insheader 0 X-Inserted: first one",
            "insheader 2147483647 X-Added: last one",
            "chgheader 1 Subject: changed",
            "chgheader 1 X-Old: ",
            "addrcpt <added@example.net>",
            "delrcpt <bob@example.net>",
          ])
      }
      let request = try folder.text("request").split(separator: "\n")
      #expect(request.first == "request=AM%2ePDP")
      #expect(request.contains("queue_id=4TRY000001"))  // the ID of the second message
      #expect(request.contains("client_address=192%2e0%2e2%2e25"))
      connection.quit()
      #expect(try filter.stop() == 0)
    }

    @Test
    func `It requests quarantine without having negotiated it, and is refused`() throws {
      let filter = try start(answer: "quarantine=for%20a%20reason\nreturn_value=continue")
      let outcome = try filter.connect().deliver(Mail.make(Mail.text))
      #expect(outcome.verdict == .tempfail)
      #expect(outcome.replyTexts == ["451 4.6.0 Content scanner malfunction"])
      #expect(outcome.actions.isEmpty)
    }

    @Test
    func `Mail is refused in amavisd's words, or discarded`() throws {
      let refusing = try start(
        answer: "setreply=550 5.7.1 refused%20by%20content\nreturn_value=reject")
      let refused = try refusing.connect().deliver(Mail.make(Mail.text))
      #expect(refused.verdict == .reject)
      #expect(refused.replyTexts == ["550 5.7.1 refused by content"])
      #expect(try refusing.stop(SIGINT) == 0)

      let discarding = try start(answer: "return_value=discard")
      #expect(try discarding.connect().deliver(Mail.make(Mail.text)).verdict == .discard)
    }

    private func start(
      _ mode: RunningFilter.Mode = .foreground, answer: String
    ) throws -> RunningFilter {
      let path = folder.path(of: "socket")
      let work = folder.path(of: "work")
      let scanner = folder.path(of: "amavisd")
      if mkdir(work, 0o700) != 0, errno != EEXIST { throw HarnessError.system(work) }
      unlink(path)
      unlink(scanner)
      let folder = folder
      let amavisd = try FakeService.amavisd(at: scanner) { request in
        try folder.write(request, to: "request")
        return answer
      }
      let foreground = mode == .foreground ? ["-f"] : []
      return try RunningFilter(
        DebianFilter.amavisdMilter.program,
        ["-s", "unix:\(path)", "-S", scanner, "-w", work, "-p", folder.path(of: "pid"), "-q", "5"]
          + foreground, socket: "unix:\(path)", mode: mode, asking: amavisd, in: folder)
    }
  }
}
