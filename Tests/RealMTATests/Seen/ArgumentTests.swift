import MilterFilterFixtures
import MilterKit
import Synchronization
import Testing

extension RealMTASuite {
  /// Arguments as the client sent them, byte for byte.
  @Suite struct ArgumentTests {
    /// The arguments of one callback.
    private struct Call: Equatable {
      let callback: MilterCallback
      let arguments: [String]
      let raw: [[UInt8]]

      /// A call whose arguments are text.
      init(_ callback: MilterCallback, _ arguments: String...) {
        self.init(callback, arguments, arguments.map { Array($0.utf8) })
      }

      init(_ callback: MilterCallback, _ arguments: [String], _ raw: [[UInt8]]) {
        self.callback = callback
        self.arguments = arguments
        self.raw = raw
      }
    }

    /// The arguments of all callbacks, from any thread.
    private final class Calls: Sendable {
      private let calls = Mutex<[Call]>([])

      var all: [Call] { calls.withLock { $0 } }

      func note(_ filter: ScriptedFilter, _ callback: MilterCallback) {
        let call = Call(callback, filter.arguments, filter.rawArguments)
        calls.withLock { $0.append(call) }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `ESMTP arguments arrive as they are`(kind: RealMTA.Kind) async throws {
      let calls = Calls()
      let play = Play { filter, callback in
        if callback == .envfrom || callback == .envrcpt { calls.note(filter, callback) }
        return .continue
      }
      try await withFilter(kind, play) { mta, _ in
        let client = try mta.connect()
        try client.ehlo()
        for command in [
          "MAIL FROM:<Sender@From.Example> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=id+3D1",
          "RCPT TO:<one@to.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;o+2Bne@to.example",
          "RCPT TO:<\"two words\"@to.example> notify=never", "rcpt to: <three@to.example>", "RSET",
          "MAIL FROM:<>", "RCPT TO:<four@to.example>",
        ] {
          let reply = try client.command(command)
          #expect(reply.code == 250, "\(command): \(reply)")
        }
        try client.quit()
        _ = try play.lines()
        #expect(
          calls.all == [
            Call(
              .envfrom, "<Sender@From.Example>", "SIZE=1000", "BODY=8BITMIME", "RET=HDRS",
              "ENVID=id+3D1"),
            Call(
              .envrcpt, "<one@to.example>", "NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;o+2Bne@to.example"
            ),
            Call(.envrcpt, "<\"two words\"@to.example>", "notify=never"),
            Call(.envrcpt, "<three@to.example>"),
            Call(.envfrom, "<>"),
            Call(.envrcpt, "<four@to.example>"),
          ])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Bytes that are not UTF-8 arrive unchanged`(kind: RealMTA.Kind) async throws {
      let calls = Calls()
      let play = Play { filter, callback in
        if ![.negotiate, .connect, .close].contains(callback) { calls.note(filter, callback) }
        return .continue
      }
      var settings = RealMTA.Settings()
      settings.postfixLines = ["smtputf8_enable = no"]
      let bytes: [UInt8] = [0x63, 0xe9, 0x80, 0xff, 0x78]
      func line(_ start: String, _ end: String = "") -> [UInt8] {
        Array(start.utf8) + bytes + Array(end.utf8)
      }
      // The truncated character e9 80 and the invalid byte ff each become one replacement character.
      let text = "c\u{fffd}\u{fffd}x"
      let (helo, mail, rcpt) = (
        line("", ".example"), line("<", "@from.example>"), line("<", "@to.example>")
      )
      try await withFilter(kind, play, settings) { mta, _ in
        let client = try mta.connect()
        // Sendmail does not accept these bytes in host names and addresses.
        var envelope = [
          Call(.helo, "client.example"), Call(.envfrom, "<sender@from.example>"),
          Call(.envrcpt, "<rcpt@to.example>"),
        ]
        if kind == .postfix {
          envelope = [
            Call(.helo, ["\(text).example"], [helo]),
            Call(.envfrom, ["<\(text)@from.example>"], [mail]),
            Call(.envrcpt, ["<\(text)@to.example>"], [rcpt]),
          ]
        }
        for (command, call) in zip(["EHLO ", "MAIL FROM:", "RCPT TO:"], envelope) {
          let reply = try client.command(bytes: Array(command.utf8) + call.raw.flatMap { $0 })
          #expect(reply.code == 250, "\(command)")
        }
        let code = try client.command(bytes: line("", " y")).code
        #expect(code == 500)
        _ = try client.command("DATA")
        let end = try client.content(line("Subject: ", "\r\n\r\n") + bytes + [0x00, 0x0d, 0x0a])
        try client.quit()
        _ = try play.lines()

        let command =
          kind.release.showsUnknownArguments
          ? Call(.unknown, ["\(text) y"], [line("", " y")]) : Call(.unknown, [text], [bytes])
        #expect(
          calls.all == envelope + [
            command, Call(.data),
            Call(.header, ["Subject", text], [Array("Subject".utf8), bytes]),
            Call(.eoh), Call(.body, ["8"], [bytes + [0x00, 0x0d, 0x0a]]), Call(.eom),
          ])
        let message = try mta.message(try #require(end.queueID))
        #expect(message.headers(named: "Subject").map(\.rawValue) == [[0x20] + bytes])
        #expect(message.wireBody == bytes + [0x00, 0x0d, 0x0a])
      }
    }
  }
}
