import MilterCore
import MilterMTA
import Testing

/// The changes of a message that Postfix can be set to make before filters see it.
@Suite struct MessageIntakeTests {
  /// The message as an MTA queues it, without its own `Received`.
  private func queued(
    _ text: String, arguments: String = "",
    _ change: (inout MTAProfile.Intake) -> Void = { _ in }
  ) throws -> MTAOutcome {
    var profile = MTAProfile.postfix3_11
    change(&profile.intake)
    let envelope = MTAEnvelope(
      sender: .init("<a@b.example>", arguments), recipients: [.init("<c@d.example>")])
    let mail = MTAMail(MTAMessage(eml: b(text)), envelope)
    return try #require(play(ToyFilter(at: .eom, .continue), mail, profile).outcome)
  }

  private func converted(_ text: String) throws -> String {
    let outcome = try queued(text) { $0.encodesEightBit = true }
    #expect(outcome.verdict == .accept)
    return s(outcome.result.message.bytes).split(
      separator: "\r\n", omittingEmptySubsequences: false
    )
    .joined(separator: "\n")
  }

  @Test func `8-bit text becomes quoted-printable`() throws {
    #expect(
      try converted("Content-Transfer-Encoding: 8bit\nSubject: x\n\nä = b \n\n\tend\t\n")
        == "Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n"
        + "=C3=A4 =3D b=20\n\n\tend=09\n")
  }

  @Test(arguments: [
    "Subject: x\n\nä = b\n", "Content-Transfer-Encoding: 7bit\n\nä\n",
    "content-transfer-encoding: base64\n\nw6Q=\n",
    "Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: 7bit\n\nä\n",
    "Content-Type: multipart/mixed; boundary=a\n\nä\n--a\n\nä\n--a--\nä\n",
  ])
  func `Content that does not claim to be 8-bit is unchanged`(text: String) throws {
    let expected = text.replacing("Content-Transfer-Encoding: 8bit\n", with: "")
    #expect(try converted(text) == expected)
  }

  @Test func `Long lines are broken`() throws {
    let text = try converted(
      "Content-Transfer-Encoding: binary\n\n" + String(repeating: "x", count: 73) + "\n"
        + String(repeating: "x", count: 74) + "\n" + String(repeating: "ä", count: 20) + "\n")
    #expect(
      text == "Content-Transfer-Encoding: quoted-printable\n\n" + String(repeating: "x", count: 73)
        + "\n" + String(repeating: "x", count: 73) + "=\nx\n"
        + String(repeating: "=C3=A4", count: 12) + "=C3=\n=A4"
        + String(repeating: "=C3=A4", count: 7) + "\n")
  }

  @Test func `Each part is converted by its own header`() throws {
    #expect(
      try converted(
        """
        Content-Type: multipart/mixed;
         boundary="a b"
        Content-Transfer-Encoding: 8bit

        é
        --a b
        Content-Type: text/plain (comment; boundary=c)
        Content-Transfer-Encoding : 8BIT

        é
        --a b
        Content-Type: message/rfc822
        Content-Transfer-Encoding: 8bit

        Content-Transfer-Encoding: 8bit
        Subject: in
         side

        é
        --a b

        é
        --a b--
        é

        """)
          == """
          Content-Type: multipart/mixed;
           boundary="a b"
          Content-Transfer-Encoding: 7bit

          é
          --a b
          Content-Type: text/plain (comment; boundary=c)
          Content-Transfer-Encoding: quoted-printable

          =C3=A9
          --a b
          Content-Type: message/rfc822
          Content-Transfer-Encoding: 7bit

          Subject: in
           side
          Content-Transfer-Encoding: quoted-printable

          =C3=A9
          --a b

          é
          --a b--
          é

          """)
  }

  @Test func `A header without an empty line after it is marked, or refused`() throws {
    let text = "Subject: x\nno field\n"
    #expect(try queued(text).result.message.headers.count == 1)
    let marked = try queued(text) { $0.unendedHeader = .marked }
    #expect(
      marked.result.message.headers.last
        == MTAHeader("MIME-Error", "message header was not terminated by empty line"))
    #expect(s(marked.result.message.body) == "no field\r\n")
    let refused = try queued(text) { $0.unendedHeader = .refused }
    #expect(refused.verdict == .reject)
    #expect(refused.reply == [b("550 5.6.0 primary header was terminated with non-empty line")])
    for complete in ["Subject: x\n\nno field\n", "Subject: x\n"] {
      let outcome = try queued(complete) { $0.unendedHeader = .refused }
      #expect(outcome.result.message.headers.count == 1, "\(complete)")
      #expect(outcome.verdict == .accept, "\(complete)")
    }
  }

  @Test func `A filter's changes keep the mark, and a new body drops it`() throws {
    func names(_ actions: [FilterReply]) -> [String]? {
      var profile = MTAProfile.postfix3_11
      profile.intake.unendedHeader = .marked
      let mail = MTAMail(MTAMessage(eml: b("A: b\nno field\n")))
      let outcome = play(ToyFilter(eom: actions), mail, profile).outcome
      return outcome?.result.message.headers.map { s($0.name) }
    }
    #expect(names([.addheader(name: b("X"), value: b("v"))]) == ["A", "X", "MIME-Error"])
    #expect(
      names([.chgheader(index: 1, name: b("MIME-Error"), value: [])]) == ["A", "MIME-Error"])
    #expect(names([.replacebody(b("new\r\n"))]) == ["A"])
  }

  @Test func `A client's request for TLS is recorded`() throws {
    let field = MTAHeader("Require-TLS-ESMTP", "yes")
    #expect(
      try queued("A: b\n\nx\n", arguments: "SIZE=1 RequireTLS").result.message.headers
        == [MTAHeader("A", "b"), field])
    #expect(
      try queued("require-tls-esmtp: Yes \n\n", arguments: "REQUIRETLS").result.message.headers
        .count
        == 1)
    #expect(try queued("A: b\n\nx\n").result.message.headers.count == 1)
    let outcome = try queued("A: b\n\nx\n", arguments: "REQUIRETLS") {
      $0.recordsRequireTLS = false
    }
    #expect(outcome.result.message.headers.count == 1)
  }
}
