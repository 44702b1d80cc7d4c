import MilterTesting
import Testing

@testable import milter_sample_disclaimer

@Suite struct DisclaimerTests {
  private func send(
    _ eml: String, text: String = "-- \nACME", html: String? = nil, breaksDKIM: Bool = false
  ) throws -> MTAOutcome {
    let mta = TestMTA(filter: Disclaimer(Footer(text: text, html: html), breaksDKIM: breaksDKIM))
    return try mta.send(MTAMail(eml: eml)).expect(.accept)
  }

  /// The new body, with LF instead of CR LF.
  private func body(_ eml: String, text: String = "-- \nACME", html: String? = nil) throws -> String
  {
    let outcome = try send(eml, text: text, html: html)
    #expect(outcome.headers("X-Disclaimer") == ["added"])
    return outcome.body.split(separator: "\r\n", omittingEmptySubsequences: false)
      .joined(separator: "\n")
  }

  @Test(arguments: [
    ("Subject: x", "Hello\n", "Hello\n\n-- \nACME\n"),
    ("Content-Transfer-Encoding: 8bit", "Hello\n", "Hello\n\n-- \nACME\n"),
    // A soft line break at the end, an escaped byte, and a trailing space that must be escaped.
    (
      "Content-Transfer-Encoding: quoted-printable", "Hel=\nlo=20=\n", "Hello=20\n\n--=20\nACME\n"
    ),
    ("Content-Transfer-Encoding: base64", "SGVsbG8=\n", "SGVsbG8NCg0KLS0gDQpBQ01FDQo=\n"),
    ("Content-Type: text/plain; charset=utf-8; format=flowed", "a \nb\n", "a \nb\n\n-- \nACME\n"),
  ])
  func `Text is appended in every transfer encoding`(
    _ header: String, _ text: String, _ expected: String
  )
    throws
  {
    #expect(try body("From: a@example.org\n\(header)\n\n\(text)") == expected)
  }

  @Test(arguments: [
    ("utf-8", "8bit", "Hi\n", "Hi\n\nMünchen\n"),
    ("utf-8", "quoted-printable", "Hi\n", "Hi\n\nM=C3=BCnchen\n"),
    ("iso-8859-1", "quoted-printable", "Hi\n", "Hi\n\nM=FCnchen\n"),
    ("ISO-8859-15", "base64", "SGk=\n", "SGkNCg0KTfxuY2hlbg0K\n"),
    ("utf-8", "7bit", "Hi\n", "Hi\n\nM=C3=BCnchen\n"),
  ])
  func `Text that is not ASCII is appended in the part's character set`(
    _ charset: String, _ encoding: String, _ text: String, _ expected: String
  ) throws {
    let headers =
      "MIME-Version: 1.0\nContent-Type: text/plain; charset=\(charset)\n"
      + "Content-Transfer-Encoding: \(encoding)\nContent-Length: 5\n"
    let outcome = try send(headers + "\n" + text, text: "München")
    #expect(
      outcome.body.split(separator: "\r\n", omittingEmptySubsequences: false)
        .joined(separator: "\n") == expected)
    #expect(
      outcome.headers("Content-Transfer-Encoding")
        == [encoding == "7bit" ? "quoted-printable" : encoding])
    #expect(outcome.headers("Content-Length").isEmpty)
  }

  @Test(arguments: [
    (
      "<html><body>Hi</BODY></html>\n",
      "<html><body>Hi<p>1 &lt; 2<br>\n&euml;</p></BODY></html>\n"
    ),
    ("Hi</html>", "Hi<p>1 &lt; 2<br>\n&euml;</p></html>\n"),
    ("Hi\n", "Hi\n<p>1 &lt; 2<br>\n&euml;</p>\n"),
  ])
  func `HTML is appended before the end of the body element`(_ text: String, _ expected: String)
    throws
  {
    let eml = "Content-Type: text/html; charset=us-ascii\n\n\(text)"
    let made = try body(eml, text: "1 < 2\në")
    #expect(made == expected.split(separator: "&euml;").joined(separator: "&#235;"))
    #expect(
      try body("Content-Type: text/html\n\n<body>Hi</body>\n", html: "<hr>")
        == "<body>Hi<hr></body>\n")
  }

  @Test
  func `Only the two forms of an alternative get the text`() throws {
    let part = { (text: String, html: String) in
      """
      Content-Type: multipart/mixed; boundary=m

      preamble
      --m
      Content-Type: multipart/related; boundary=r

      --r
      Content-Type: multipart/alternative; boundary=a

      --a
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: quoted-printable
      Content-MD5: x

      \(text)
      --a
      Content-Type: text/html; charset=utf-8
      Content-Transfer-Encoding: base64

      \(html)
      --a
      Content-Type: text/calendar

      BEGIN:VCALENDAR
      --a--
      --r
      Content-Type: image/png
      Content-Transfer-Encoding: base64

      AAAA
      --r--
      --m
      Content-Type: text/plain
      Content-Disposition: attachment

      attached
      --m--
      epilogue

      """
    }
    let sent = part("Gr=C3=BC=C3=9Fe", "PGI+SGk8L2I+PC9ib2R5Pg==")
    let expected = part(
      "Gr=C3=BC=C3=9Fe\n\n--=20\nACME\n", "PGI+SGk8L2I+PHA+LS0gPGJyPg0KQUNNRTwvcD48L2JvZHk+\n")
    let result = try body(sent)
    let expectedBody = expected.split(separator: "\n\n", maxSplits: 1)[1]
    #expect(result == expectedBody.split(separator: "Content-MD5: x\n").joined())
  }

  @Test(arguments: [
    ("Content-Type: multipart/signed; boundary=a", "it is signed or encrypted"),
    ("Content-Type: multipart/encrypted; boundary=a", "it is signed or encrypted"),
    ("Content-Type: application/pkcs7-mime; smime-type=signed-data", "it is signed or encrypted"),
    ("Content-Type: multipart/report; boundary=a", "it is a report"),
    ("Content-Type: image/png", "it has no text"),
    ("Content-Type: multipart/mixed; boundary=b", "it has no text"),
    ("Content-Disposition: attachment; filename=x", "it has no text"),
    ("Content-Type: text/plain; charset=iso-2022-jp", "its charset is not known"),
    ("Content-Type: text/plain; charset=us-ascii", "its charset lacks characters of the text"),
    ("Subject: none", "its charset lacks characters of the text"),
    ("Content-Transfer-Encoding: x-uuencode", "its transfer encoding is not known or broken"),
    ("Content-Transfer-Encoding: base64", "its transfer encoding is not known or broken"),
    ("DKIM-Signature: v=1", "it has a DKIM signature"),
    ("ARC-Message-Signature: i=1", "it has an ARC signature"),
    ("arc-seal: i=1", "it has an ARC signature"),
  ])
  func `The log has the reason why a message is unchanged`(_ header: String, _ reason: String)
    throws
  {
    let outcome = try send("\(header)\n\n--a\n\nAAAA\n", text: "ü")
    #expect(outcome.headers("X-Disclaimer") == ["left alone, \(reason)"])
    #expect(outcome.body == "--a\r\n\r\nAAAA\r\n")
  }

  @Test
  func `A message with a signed part is not changed`() throws {
    let outcome = try send(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/signed; boundary=a\n\n--a\n\nHi\n--a--\n--b\n\nlist footer\n--b--\n"
    )
    #expect(outcome.headers("X-Disclaimer") == ["left alone, it is signed or encrypted"])
  }

  @Test(arguments: [
    (
      "Content-Transfer-Encoding: base64", "SGVsbG8=\n_____\nA list\n",
      "it has text after its encoded content"
    ),
    (
      "Content-Transfer-Encoding: base64", "SGVsbG8h\n_____\nA list\n",
      "its transfer encoding is not known or broken"
    ),
    ("Content-Type: text/plain", "\u{FC}\n", "it is not valid in its charset"),
    (
      "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
      "=FC\n", "it is not valid in its charset"
    ),
    (
      "Content-Type: multipart/mixed; boundary=b", "--b\nContent-Type: image/gif\n\nx\n--b\n",
      "it has no text"
    ),
    (
      "Content-Type: multipart/mixed; boundary=b",
      "--b\nContent-Type: image/gif\n\nx\n--b\nContent-Ty\n", "it has no text"
    ),
    (
      "Content-Type: multipart/mixed; boundary=b", "--b\nContent-Type: text/html\n",
      "it has no text"
    ),
  ])
  func `Content that does not match its declared type is left alone`(
    _ header: String, _ text: String, _ reason: String
  ) throws {
    let outcome = try send("\(header)\n\n\(text)")
    #expect(outcome.headers("X-Disclaimer") == ["left alone, \(reason)"])
    #expect(
      outcome.body
        == text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"))
  }

  @Test
  func `A doubled delimiter does not make a part`() throws {
    let head = "Content-Type: multipart/mixed; boundary=b\n\n"
    let text = "--b\n--b\nContent-Type: text/plain\n\nThe text."
    #expect(try body(head + text + "\n--b--\n", text: "notice") == text + "\n\nnotice\n\n--b--\n")
  }

  @Test
  func `The root of a multipart/related gets the text even if it is not the first part`() throws {
    let head = "Content-Type: multipart/related; boundary=b; start=\"<r@x>\"\n\n"
    let parts = { (notice: String) in
      "--b\nContent-ID: <1@x>\n\none\n--b\nContent-ID: <r@x>\n\nroot\n\(notice)--b--\n"
    }
    #expect(try body(head + parts(""), text: "notice") == parts("\nnotice\n\n"))
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `A sender cannot prevent the disclaimer`(_ profile: MTAProfile) throws {
    let mta = TestMTA(profile, filter: Disclaimer(Footer(text: "ACME", html: nil)))
    let outcome = mta.send(
      MTAMail(eml: "X-Disclaimer: added\nx-disclaimer: added\nSubject: x\n\nHi\n"))
    #expect(outcome.body == "Hi\r\n\r\nACME\r\n")
    #expect(outcome.headers("X-Disclaimer") == ["added"])
  }

  @Test(arguments: [
    ("<body>Hi<!-- </body> -->", "<body>Hi<!-- </body> -->|"),
    ("<body>Hi</body><!-- </body> -->", "<body>Hi|</body><!-- </body> -->"),
    ("<body>Hi<!-- ", "<body>Hi|<!-- "), ("Hi<!-- --></html>", "Hi<!-- -->|</html>"),
    ("Hi<!--></body>", "Hi<!-->|</body>"), ("Hi<!--x--!></body>", "Hi<!--x--!>|</body>"),
    ("Hi<script>'</body>'</script>", "Hi<script>'</body>'</script>|"),
    ("Hi<style></body>", "Hi|<style></body>"),
    ("Hi<script><!--<script></script></body>", "Hi|<script><!--<script></script></body>"),
    ("Hi<template><template></template></body>", "Hi|<template><template></template></body>"),
    ("Hi<a title='</body>'>x</a>", "Hi<a title='</body>'>x</a>|"), ("Hi<a x=\"", "Hi|<a x=\""),
    ("Hi<!x </body>y", "Hi<!x </body>y|"), ("a < b</BODY >", "a < b|</BODY >"),
    ("Hi<", "Hi<|"), ("a</body>b</body>", "a</body>b|</body>"), ("</bodyx>", "</bodyx>|"),
    ("Hi</body></html>", "Hi|</body></html>"),
    ("Hi<plaintext></body>", "Hi|<plaintext></body>"), ("", "|"),
  ])
  func `A sender cannot hide the disclaimer`(_ html: String, _ expected: String) throws {
    let eml = "Content-Type: text/html\n\n\(html)\n"
    let made = try body(eml, html: "|")
    #expect(made.split(separator: "\n").joined() == expected)
    // A body that already has the disclaimer does not get it twice.
    #expect(try body("Content-Type: text/html\n\n\(made)", html: "|") == made)
  }

  @Test func `DKIM signatures are broken on request`() throws {
    let outcome = try send("DKIM-Signature: v=1\n\nHi\n", breaksDKIM: true)
    #expect(outcome.headers("X-Disclaimer") == ["added"])
  }

  @Test
  func `A message that comes through again keeps one disclaimer, and the next one gets its own`()
    throws
  {
    let mta = TestMTA(.sendmail, filter: Disclaimer(Footer(text: "ACME", html: nil)))
    for _ in 1...2 {
      let first = mta.send(MTAMail(eml: "Subject: x\n\nHi\n"))
      #expect(first.body == "Hi\r\n\r\nACME\r\n")
      let second = mta.send(MTAMail(eml: "X-Disclaimer: added\n\n\(first.body)"))
      #expect(second.body == "Hi\r\n\r\nACME\r\n")
    }
  }

  @Test
  func `Lines with a special meaning are stuffed (RFC 3676)`() throws {
    let eml = "Content-Type: text/plain; format=flowed\n\nHi\n"
    #expect(try body(eml, text: "> a\n b\nFrom c\nd") == "Hi\n\n > a\n  b\n From c\nd\n")
  }

  @Test(arguments: ["a\nb", "a\nb\n", "a\r\nb\r\n"])
  func `Line ends of the file do not matter`(_ text: String) throws {
    #expect(try body("Subject: x\n\nHi\n", text: text) == "Hi\n\na\nb\n")
    #expect(try body("Content-Type: text/html\n\nHi\n", text: text) == "Hi\n<p>a<br>\nb</p>\n")
  }

  @Test
  func `An empty message gets the text`() throws {
    #expect(try body("Subject: x\n\n") == "\n-- \nACME\n")
  }
}
