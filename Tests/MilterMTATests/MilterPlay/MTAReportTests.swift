import MilterCore
import MilterMTA
import MilterPlay
import Testing

@Suite struct MTAReportTests {
  private func report(_ filter: ToyFilter, _ mail: MTAMail = sampleMail) throws -> String {
    MTAReport(try #require(play(filter, mail).outcome)).text
  }

  @Test func `A report shows that nothing changed`() throws {
    #expect(
      try report(ToyFilter(at: .eom, .continue)) == """
        verdict     accept
        body        unchanged (16 bytes)

        """)
  }

  @Test func `A report shows all changes of a message`() throws {
    let filter = ToyFilter { call, _ in
      guard call.callback == .eom else { return .continue }
      call.actions = [
        .addheader(name: b("X-Stamp"), value: b("one\n\ttwo\u{7}")),
        .chgheader(index: 1, name: b("Subject"), value: b("h\u{e9}\r")),
        .chgheader(index: 1, name: b("X-A"), value: []),
        .chgfrom(b("<x@y>"), arguments: nil),
        .delrcpt(b("c@d.example")),
        .addrcptPar(b("<new@example.org>"), arguments: b("NOTIFY=NEVER")),
        .delrcpt(b("nobody")),
        .quarantine(b("looks bad")),
      ]
      call.body = [b("line 1\r\nline two\r\n\tline 3\r\n")]
      return .accept
    }
    #expect(
      try report(filter) == """
        verdict     quarantine
        sender      <a@b.example> SIZE=100 -> <x@y>
        recipients  - <c@d.example>
                    + <new@example.org> NOTIFY=NEVER
        headers       From: A <a@b.example>
                    - Subject: hi
                    -  there
                    - X-A: 1
                    + Subject: h\\xc3\\xa9\\r
                    + X-Stamp: one
                    + \\ttwo\\x07
        body        replaced: 16 -> 27 bytes, first difference in line 2
                      line 1
                    - line 2
                    + line two
                    + \\tline 3
        quarantine  looks bad
        warning     chgheader Subject: the value contains CR, which goes into the message; write LF alone
        warning     delrcpt: nobody is not one of the recipients

        """)
  }

  @Test func `A header between others`() throws {
    let mail = MTAMail(MTAMessage(eml: b("A: 1\nB: 2\nC: 3\nD: 4\nE: 5\n\n")))
    let filter = ToyFilter(eom: [.insheader(index: 3, name: b("X"), value: b("y"))])
    #expect(
      try report(filter, mail) == """
        verdict     accept
        headers     ...
                      B: 2
                    + X: y
                      C: 3
                    ...
        body        unchanged (0 bytes)

        """)
  }

  @Test func `A refused recipient`() throws {
    let filter = ToyFilter { call, _ in
      guard call.command == .rcpt([b("<c@d.example>")]) else { return .continue }
      call.reply = try MilterReply("550", "5.1.1", lines: [b("No"), b("such user")])
      return .reject
    }
    #expect(
      try report(filter) == """
        verdict     accept
        recipients  - <c@d.example>: 550-5.1.1 No / 550 5.1.1 such user
        body        unchanged (16 bytes)

        """)
  }

  @Test func `The verdict is shown with its callback`() throws {
    #expect(
      try report(ToyFilter(at: .envrcpt, .reject)) == """
        verdict     reject at envrcpt <e@f.example>: 550 5.7.1 Command rejected

        """)
    #expect(
      try report(ToyFilter(at: .connect, .tempfail)) == """
        verdict     tempfail at connect: 451 4.7.1 Service unavailable - try again later

        """)
    #expect(try report(ToyFilter(at: .body, .discard)) == "verdict     discard at body\n")
    #expect(
      try report(ToyFilter(at: .header, .accept)) == """
        verdict     accept at header
        body        unchanged (16 bytes)

        """)
  }

  @Test func `Changes before a refusal are not carried out`() throws {
    let filter = ToyFilter { call, _ in
      guard call.callback == .eom else { return .continue }
      call.actions = [.addheader(name: b("A"), value: b("1"))]
      call.reply = try MilterReply("554", "5.7.1", lines: [b("one"), b("two")])
      return .reject
    }
    #expect(
      try report(filter) == """
        verdict     reject at eom: 554-5.7.1 one
                      554 5.7.1 two
        changes     1 asked for before, not carried out

        """)
  }

  @Test func `A failure is shown with what the client sees`() throws {
    var session = play(replies: repliesUp(to: .header))
    session.endOfStream()
    #expect(
      MTAReport(try #require(session.outcome)).text == """
        verdict     failure at header: the filter closed the connection
                      the client sees 451 4.7.1 Service unavailable - try again later

        """)
  }

  @Test func `Long and binary values are cut`() throws {
    let long = [UInt8](repeating: 0x61, count: 1000)
    let filter = ToyFilter { call, _ in
      guard call.callback == .eom else { return .continue }
      call.actions = [.addheader(name: b("L"), value: long)]
      call.body = [[0, 1, 2]]
      return .continue
    }
    let line = "L: " + String(repeating: "a", count: 197) + "... (803 bytes more)"
    #expect(
      try report(filter) == """
        verdict     accept
        headers     ...
                      X-A: 1
                    + \(line)
        body        replaced: 16 -> 3 bytes, first difference in line 1

        """)
  }

  @Test func `Line ends are part of a line`() throws {
    let filter = ToyFilter { call, _ in
      guard call.callback == .eom else { return .continue }
      call.body = [b("line 1\nline 2")]
      return .continue
    }
    #expect(
      try report(filter) == """
        verdict     accept
        body        replaced: 16 -> 14 bytes, first difference in line 2
                      line 1
                    - line 2
                    + line 2 (no line end)

        """)
  }

  @Test func `Differences near the end of a long line are shown`() throws {
    var mail = sampleMail
    mail.message.headers = [.init(name: b("L"), value: [UInt8](repeating: 0x61, count: 300))]
    let new = [UInt8](repeating: 0x61, count: 299) + b("b")
    let filter = ToyFilter(eom: [.chgheader(index: 1, name: b("L"), value: new)])
    let line = "L: " + String(repeating: "a", count: 197) + "... (103 bytes more)"
    #expect(
      try report(filter, mail) == """
        verdict     accept
        headers     - \(line)
                    + \(line)
        body        unchanged (16 bytes)

        """)
  }

  @Test func `Many lines are cut`() throws {
    let filter = ToyFilter { call, _ in
      guard call.callback == .eom else { return .continue }
      call.body = [Array((1...5000).flatMap { b("row \($0)\r\n") })]
      return .continue
    }
    var mail = sampleMail
    mail.message.body = Array((1...5000).flatMap { b("line \($0)\r\n") })
    let lines = MTAReport(try #require(play(filter, mail).outcome)).lines
    #expect(lines.count == 63)
    #expect(lines[1] == "body        replaced: 53893 -> 48893 bytes, first difference in line 1")
    #expect(lines[2] == "            - line 1")
    #expect(lines.last == "            ... 9940 lines more")
  }
}
