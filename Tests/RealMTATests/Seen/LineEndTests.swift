import MilterFilterFixtures
import MilterKit
import Synchronization
import Testing

extension RealMTASuite {
  /// Line ends other than CR LF, compared with the table of each release.
  @Suite struct LineEndTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `A filter sees line ends in a body as documented`(kind: RealMTA.Kind) async throws {
      try await expectTable("What the client sends in a body", kind) { sent in
        (Array("X-A: v\r\n\r\n".utf8) + sent, \.body)
      }
    }

    @Test func `Postfix trusts its own networks with line ends, as documented`() async throws {
      let title = "What a client of mynetworks sends in a body"
      try await expectTable(title, .postfix, isTrusted: true) { sent in
        (Array("X-A: v\r\n\r\n".utf8) + sent, \.body)
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A filter sees line ends in a header field as documented`(kind: RealMTA.Kind) async throws
    {
      try await expectTable("What the client sends in a header field", kind) { sent in
        (Array("X-A: ".utf8) + sent + Array("\r\n\r\nbody".utf8), \.field)
      }
    }

    /// The arguments of a filter's callbacks for a message.
    private struct Seen {
      /// The value of the first header field.
      let field: [UInt8]
      /// The body, without the end of its last line.
      let body: [UInt8]

      init(_ recorder: Recorder) {
        field = recorder.headers.first?.rawValue ?? []
        let body = recorder.body
        self.body = body.suffix(2) == [0x0d, 0x0a] ? body.dropLast(2) : body
      }
    }

    /// Sends the message of each row of a table, and compares the filter's arguments with the release's
    /// column.
    private func expectTable(
      _ title: String, _ kind: RealMTA.Kind, isTrusted: Bool = false,
      _ message: ([UInt8]) -> (sent: [UInt8], part: (Seen) -> [UInt8])
    ) async throws {
      let column = kind.release.column
      let rows = try ReleaseTable(title).rows(of: column)
      #expect(!rows.isEmpty, "the article has no column \"\(column)\"")
      var settings = RealMTA.Settings()
      if !isTrusted { settings.postfixLines = ["smtpd_forbid_bare_newline_exclusions ="] }
      let recorder = Mutex(Recorder())
      try await withFilter(
        kind, settings, making: { recorder.withLock { $0 }.filter() }
      ) { mta, _ in
        for (sent, expected) in rows {
          recorder.withLock { $0 = Recorder() }
          let (message, part) = message(LineEnds.bytes(sent))
          let client = try mta.connect()
          let (code, isWhole) = try Self.offer(message, client)
          guard code == 250 else {
            #expect("\(code)" == expected, "\(column): \(sent)")
            continue
          }
          let seen = recorder.withLock { Seen($0) }
          let text = "`\(LineEnds.text(part(seen)))`" + (isWhole ? "" : ", ends there")
          #expect(text == expected, "\(column): \(sent)")
        }
      }
    }

    /// Sends a message unchanged, and returns the reply's code and whether the message included all bytes.
    private static func offer(
      _ message: [UInt8], _ client: SMTPClient
    ) throws -> (code: Int, isWhole: Bool) {
      try client.ehlo()
      _ = try client.mail(from: "sender@from.example")
      _ = try client.rcpt(to: "rcpt@to.example")
      _ = try client.command("DATA")
      try client.send(raw: message + Array("\r\n.\r\n".utf8))
      let code = try client.readReply().code
      guard code == 250 else { return (code, true) }
      // If the message ended early, the MTA takes its rest for commands, and the reply to QUIT is not 221.
      return (code, (try? client.quit().code) == 221)
    }
  }
}
