import MilterTesting
import Testing

@testable import milter_sample_disarm

/// The parts that the sample removes, and those that it keeps.
@Suite struct DisarmTests {
  private static func multipart(_ headers: String, _ content: String = "TVo=") -> String {
    """
    From: a@example.org
    Content-Type: multipart/mixed; boundary=b

    preamble
    --b

    Hello
    --b
    \(headers)
    Content-Transfer-Encoding: base64

    \(content)
    --b--
    epilogue

    """
  }

  @Test(arguments: [
    "Content-Disposition: attachment; filename=a.exe",
    "Content-Disposition: attachment; filename=\"invoice.pdf.EXE. \"",
    "Content-Disposition: attachment; filename*=utf-8''%61%2Ejs",
    "Content-Disposition: attachment; filename*0=a.l; filename*1=nk",
    "Content-Type: application/octet-stream; name=\"=?UTF-8?B?YS5leGU=?=\"",
    "Content-Disposition: attachment; filename=a.txt\nContent-Type: text/plain; name=a.bat",
  ])
  func `An executable attachment becomes a notice`(headers: String) throws {
    let outcome = try TestMTA(filter: Disarm()).send(MTAMail(eml: Self.multipart(headers)))
      .expect(.accept)
    #expect(outcome.body.hasPrefix("preamble\r\n--b\r\n\r\nHello\r\n--b\r\n"))
    #expect(outcome.body.hasSuffix("\r\n--b--\r\nepilogue\r\n"))
    #expect(outcome.body.contains(" was removed: it is executable."))
    #expect(!outcome.body.contains("TVo="))
    #expect(outcome.headers("X-Disarmed") == ["1"])
  }

  @Test func `Other attachments and messages are unchanged`() throws {
    let eml = Self.multipart("Content-Disposition: attachment; filename=a.pdf")
    let outcome = try TestMTA(filter: Disarm()).sendTwice(MTAMail(eml: eml)).expect(.accept)
    #expect(outcome.actions == [])
  }

  @Test func `A message that is itself the file is replaced, and its claims are ignored`()
    throws
  {
    let outcome = try TestMTA(filter: Disarm()).send(
      MTAMail(
        eml: """
          From: a@example.org
          X-Disarmed: never
          Content-Type: application/x-msdownload; name=a.exe
          Content-Transfer-Encoding: base64

          TVo=

          """)
    ).expect(.accept)
    #expect(outcome.headers("X-Disarmed") == ["1"])
    #expect(outcome.headers("Content-Type") != ["application/x-msdownload; name=a.exe"])
    #expect(!outcome.body.contains("TVo="))
    let forged = TestMTA(filter: Disarm()).send(MTAMail(headers: ["X-Disarmed": "9"]))
    #expect(forged.headers("X-Disarmed") == [])
  }

  @Test func `A multipart with the name of an executable file is removed with its parts`() throws {
    let eml = """
      From: a@example.org
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: multipart/mixed; boundary=c; name=a.exe

      --c
      Content-Disposition: attachment; filename=b.exe

      MZ
      --c--
      --b
      Content-Type: message/rfc822

      Subject: inner
      Content-Disposition: attachment; filename=c.exe

      MZ
      --b--

      """
    let outcome = try TestMTA(filter: Disarm()).send(MTAMail(eml: eml)).expect(.accept)
    #expect(outcome.headers("X-Disarmed") == ["2"])
    #expect(outcome.body.contains("Subject: inner\r\n"))
    #expect(!outcome.body.contains("MZ"))
  }

  @Test(arguments: [
    // Of two Content-Type fields, some programs use the first one, and others the last one.
    ("Content-Type: multipart/mixed; boundary=b\nContent-Type: text/plain", "filename=a.exe"),
    ("Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b", "filename=a.exe"),
    ("Content-Type: message/partial; id=a; number=1; total=2", "filename=a.txt"),
  ])
  func `A message that programs may divide in different ways is refused`(
    _ type: String, _ name: String
  )
    throws
  {
    let eml =
      "From: a@example.org\n\(type)\n\n--b\nContent-Disposition: attachment; \(name)\n\nMZ\n--b--\n"
    try TestMTA(filter: Disarm()).sendTwice(MTAMail(eml: eml)).expect(
      .reject,
      reply: "550 5.7.1 The message may have executable attachments: "
        + "the parts of the message cannot be told apart")
  }
}
