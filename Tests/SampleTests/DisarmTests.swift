import MilterTesting
import Testing

@testable import milter_sample_disarm

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
  func `an executable attachment becomes a notice`(headers: String) throws {
    let outcome = try TestMTA(filter: Disarm()).send(Message(eml: Self.multipart(headers)))
      .expect(.accept)
    #expect(outcome.body.hasPrefix("preamble\r\n--b\r\n\r\nHello\r\n--b\r\n"))
    #expect(outcome.body.hasSuffix("\r\n--b--\r\nepilogue\r\n"))
    #expect(outcome.body.contains(" was removed: it is an executable file."))
    #expect(!outcome.body.contains("TVo="))
    #expect(outcome.headers("X-Disarmed") == ["1"])
  }

  @Test func `other attachments and messages stay as they are`() throws {
    let eml = Self.multipart("Content-Disposition: attachment; filename=a.pdf")
    let outcome = try TestMTA(filter: Disarm()).sendTwice(Message(eml: eml)).expect(.accept)
    #expect(outcome.actions == [])
  }

  @Test func `a message that is itself the file is replaced, and its claims are not believed`()
    throws
  {
    let outcome = try TestMTA(filter: Disarm()).send(
      Message(
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
    let forged = TestMTA(filter: Disarm()).send(Message(headers: ["X-Disarmed": "9"]))
    #expect(forged.headers("X-Disarmed") == [])
  }

  @Test func `what cannot be divided in one way only is refused`() throws {
    let eml = Self.multipart("Content-Disposition: attachment; filename=a.exe").replacing(
      "From: a@example.org\n",
      with: "From: a@example.org\nContent-Type: multipart/mixed; boundary=c\n")
    let outcome = TestMTA(filter: Disarm()).send(Message(eml: eml))
    #expect(outcome.verdict == .reject || outcome.actions == [])
    #expect(outcome.verdict == .reject || !outcome.body.contains(" was removed"))
  }
}
