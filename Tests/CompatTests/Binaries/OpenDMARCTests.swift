import Glibc
import MilterCore
import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// OpenDMARC, with records from a file instead of DNS.
  @Suite(.requires(.opendmarc)) struct OpenDMARCTests {
    private let folder: ScratchDirectory

    init() throws {
      try DebianFilter.opendmarc.check()
      folder = try ScratchDirectory()
    }

    @Test(arguments: RunningFilter.Mode.allCases)
    func `Mail is judged by its domain's policy`(mode: RunningFilter.Mode) throws {
      let filter = try start(mode)
      try filter.expectLibraryUnderTest()
      let connection = try filter.connect()

      let passed = try connection.deliver(mail(dkim: "pass", from: "strict.example"))
      #expect(passed.verdict == .accept)
      #expect(
        passed.actionTexts == [
          "insheader 0 Authentication-Results: mx.example.net; "
            + "dmarc=pass (p=reject dis=none) header.from=strict.example"
        ])

      let rejected = try connection.deliver(mail(dkim: "fail", from: "strict.example"))
      #expect(rejected.verdict == .reject)
      #expect(rejected.replyTexts == ["550 5.7.1 rejected by DMARC policy for strict.example"])

      let held = try connection.deliver(mail(dkim: "fail", from: "careful.example"))
      #expect(held.verdict == .quarantine)
      #expect(
        held.actionTexts == [
          "quarantine quarantined by DMARC policy for careful.example",
          "insheader 0 Authentication-Results: mx.example.net; "
            + "dmarc=fail (p=quarantine dis=quarantine) header.from=careful.example",
        ])

      let tolerated = try connection.deliver(mail(dkim: "fail", from: "lax.example"))
      #expect(tolerated.verdict == .accept)
      #expect(
        tolerated.actionTexts == [
          "insheader 0 Authentication-Results: mx.example.net; "
            + "dmarc=fail (p=none dis=none) header.from=lax.example"
        ])
      connection.quit()
      #expect(try filter.stop() == 0)
    }

    @Test
    func `Copies of failing mail go to somebody else`() throws {
      let filter = try start(extra: "CopyFailuresTo postmaster@example.net")
      let outcome = try filter.connect().deliver(mail(dkim: "fail", from: "careful.example"))
      #expect(outcome.verdict == .quarantine)
      #expect(outcome.actionTexts.contains("addrcpt postmaster@example.net"))
    }

    @Test
    func `It restarts itself`() throws {
      let filter = try start(.daemon, extra: "AutoRestart yes\nAutoRestartRate 100/1h")
      for _ in 1...3 {
        let connection = try poll(for: "the socket") { try? filter.connect() }
        let outcome = try connection.deliver(mail(dkim: "pass", from: "strict.example"))
        #expect(outcome.verdict == .accept)
        let child = try #require(try filter.children().first)
        #expect(kill(child, SIGKILL) == 0)
        try wait(for: "another child") {
          try filter.children().contains { $0 != child }
        }
      }
      // A child that serves has installed its signal handlers. An earlier signal could be lost.
      let connection = try poll(for: "the socket") { try? filter.connect() }
      let outcome = try connection.deliver(mail(dkim: "pass", from: "strict.example"))
      #expect(outcome.verdict == .accept)
      #expect(try filter.stop() == 0)
      try wait(for: "the child to end") { try filter.survivors().isEmpty }
    }

    @Test(.needsRoot("only root starts a filter that changes its user"))
    func `It takes its socket along when it changes its user`() throws {
      let user = try #require(getpwnam("opendmarc"))
      #expect(chown(folder.path, user.pointee.pw_uid, user.pointee.pw_gid) == 0)
      let filter = try start(extra: "UserID opendmarc")
      let outcome = try filter.connect().deliver(mail(dkim: "pass", from: "strict.example"))
      #expect(outcome.verdict == .accept)
      #expect(try filter.stop() == 0)
      #expect(access(folder.path(of: "socket"), F_OK) != 0)
    }

    private func mail(dkim result: String, from domain: String) -> MTAMail {
      Mail.make(
        """
        Authentication-Results: mx.example.net; dkim=\(result) header.d=\(domain)
        From: Alice <alice@\(domain)>
        To: Bob <bob@example.net>
        Date: Sat, 21 Nov 2026 14:00:00 +0000
        Message-ID: <1@\(domain)>
        Subject: Hello

        Body

        """, from: "<alice@\(domain)>")
    }

    private func start(
      _ mode: RunningFilter.Mode = .foreground, extra: String = ""
    ) throws -> RunningFilter {
      let socket = "unix:\(folder.path(of: "socket"))"
      let records = try folder.write(
        """
        _dmarc.strict.example v=DMARC1; p=reject
        _dmarc.careful.example v=DMARC1; p=quarantine
        _dmarc.lax.example v=DMARC1; p=none

        """, to: "records")
      let configuration = try folder.write(
        """
        Socket \(socket.replacing("unix:", with: "local:"))
        AuthservID mx.example.net
        TrustedAuthservIDs mx.example.net
        TestDNSData \(records)
        RejectFailures true
        HoldQuarantinedMessages true
        Syslog false
        \(extra)

        """, to: "opendmarc.conf")
      let background = mode == .daemon ? [] : ["-f"]
      return try RunningFilter(
        DebianFilter.opendmarc.program, ["-c", configuration] + background, socket: socket,
        mode: mode, in: folder)
    }
  }
}
