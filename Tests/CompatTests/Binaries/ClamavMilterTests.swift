import Glibc
import MilterCore
import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// clamav-milter, with a clamd that this test plays.
  @Suite(.requires(.clamavMilter)) struct ClamavMilterTests {
    private let folder: ScratchDirectory

    init() throws {
      try DebianFilter.clamavMilter.check()
      folder = try ScratchDirectory()
    }

    @Test(arguments: RunningFilter.Mode.allCases)
    func `Infected mail is quarantined, clean mail is marked`(mode: RunningFilter.Mode) throws {
      let filter = try start(mode, asking: try .clamd())
      try filter.expectLibraryUnderTest()
      var file = stat()
      #expect(stat(folder.path(of: "socket"), &file) == 0)
      #expect(file.st_mode & 0o777 == 0o660)
      let connection = try filter.connect()

      let clean = try connection.deliver(Mail.make(Mail.text))
      #expect(clean.verdict == .accept)
      #expect(clean.actions.map(\.code) == [.addheader, .addheader])
      #expect(clean.values(of: "X-Virus-Status") == ["Clean"])
      let scanner = try #require(clean.values(of: "X-Virus-Scanned").first)
      #expect(scanner.hasPrefix("clamav-milter ") && scanner.hasSuffix(" at scanner.example.net"))

      let infected = try connection.deliver(Mail.make("\(Mail.text)INFECTED\n"))
      #expect(infected.verdict == .quarantine)
      #expect(
        infected.actionTexts == [
          "addheader X-Virus-Scanned: \(scanner)",
          "addheader X-Virus-Status: Infected (Test-Virus)",
          "quarantine quarantined by clamav-milter",
        ])

      let forged = try connection.deliver(Mail.make("X-Virus-Status: none\n\(Mail.text)"))
      #expect(forged.verdict == .accept)
      #expect(forged.values(of: "X-Virus-Status") == ["Clean"])
      #expect(forged.actionTexts.contains("chgheader 1 X-Virus-Status: "))
      connection.quit()
      #expect(try filter.stop() == 0)
    }

    @Test
    func `Infected mail is refused with the virus's name`() throws {
      let filter = try start(
        asking: try .clamd(), extra: "OnInfected Reject\nRejectMsg no %v here")
      let outcome = try filter.connect().deliver(Mail.make("\(Mail.text)INFECTED\n"))
      #expect(outcome.verdict == .reject)
      #expect(outcome.replyTexts == ["550 5.7.1 no Test-Virus here"])
    }

    @Test
    func `Infected mail is discarded`() throws {
      let filter = try start(asking: try .clamd(), extra: "OnInfected Blackhole")
      let outcome = try filter.connect().deliver(Mail.make("\(Mail.text)INFECTED\n"))
      #expect(outcome.verdict == .discard)
    }

    @Test
    func `Without clamd mail is deferred, and the connection continues`() throws {
      let connection = try start(asking: nil).connect()
      for _ in 1...2 {
        let outcome = try connection.deliver(Mail.make(Mail.text))
        #expect(outcome.verdict == .tempfail)
        #expect(outcome.callback == .header)
      }
    }

    private func start(
      _ mode: RunningFilter.Mode = .foreground, asking clamd: FakeService?, extra: String = ""
    ) throws -> RunningFilter {
      let socket = "unix:\(folder.path(of: "socket"))"
      let port = try clamd?.port ?? folder.reservePort()
      let configuration = try folder.write(
        """
        MilterSocket \(socket)
        MilterSocketMode 660
        Foreground \(mode == .foreground)
        TemporaryDirectory \(folder.path)
        ClamdSocket tcp:127.0.0.1:\(port)
        AddHeader Replace
        ReportHostname scanner.example.net
        \(extra)

        """, to: "clamav-milter.conf")
      let filter = try RunningFilter(
        DebianFilter.clamavMilter.program, ["--config-file=\(configuration)"], socket: socket,
        mode: mode, asking: clamd, in: folder)
      guard clamd != nil else { return filter }
      // clamav-milter listens before it has found clamd, and defers mail until it has.
      try poll(for: "clamav-milter to find clamd") {
        let outcome = try filter.connect().deliver(Mail.make(Mail.text))
        return outcome.verdict == .tempfail ? nil : ()
      }
      return filter
    }
  }
}
