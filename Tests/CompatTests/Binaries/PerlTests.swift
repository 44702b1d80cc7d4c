import MilterCore
import MilterMTA
import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// A Perl filter of ours on Sendmail::Milter, which has an interpreter for each thread.
  @Suite(.requires(.perl)) struct PerlTests {
    private let folder: ScratchDirectory

    init() throws {
      try DebianFilter.perl.check()
      folder = try ScratchDirectory()
    }

    @Test
    func `Every action arrives as it was requested`() throws {
      let filter = try start()
      try filter.expectLibraryUnderTest()
      let connection = try filter.connect()
      let recipients = ["<bob@example.net>", "<refused@example.net>"]
      for _ in 1...2 {
        let mail = Mail.make("Subject: change\n\nBody\n", to: recipients)
        let outcome = try connection.deliver(mail)
        #expect(outcome.verdict == .accept)
        #expect(outcome.recipients.map(\.verdict) == [.accept, .reject])
        #expect(outcome.recipients.last?.reply == [Array("550 5.1.1 nobody of that name".utf8)])
        #expect(
          outcome.actionTexts == [
            "addheader X-Added: by Perl",
            "chgheader 1 Subject: changed",
            "addrcpt <added@example.net>",
            "delrcpt <bob@example.net>",
            "replacebody new body\r\n",
          ])
      }
      connection.quit()
      try wait(for: "close") { try folder.text("journal").hasSuffix("close\n") }
      #expect(try filter.stop() == 0)
      #expect(
        try folder.text("journal").hasPrefix(
          """
          connect client.example.org mx.example.org
          helo client.example.org
          envfrom <alice@example.org>
          envrcpt <bob@example.net>
          envrcpt <refused@example.net>
          body 6
          eom client.example.org change

          """))
      #expect(try folder.text("journal").hasSuffix("close\nended\n"))
    }

    @Test
    func `Each connection has its own private data, whatever the interpreter`() throws {
      let filter = try start()
      let connections = try (1...10).map { _ in try filter.connect() }
      for (number, connection) in connections.enumerated() {
        let subject = number.isMultiple(of: 2) ? "discard" : "change"
        let outcome = try connection.deliver(Mail.make("Subject: \(subject)\n\nBody\n"))
        #expect(outcome.verdict == (number.isMultiple(of: 2) ? .discard : .accept))
      }
    }

    private func start() throws -> RunningFilter {
      let socket = "unix:\(folder.path(of: "socket"))"
      return try RunningFilter(
        DebianFilter.perl.program,
        [LibraryUnderTest.program("actions.pl"), socket, folder.path(of: "journal")],
        socket: socket, in: folder)
    }
  }
}
