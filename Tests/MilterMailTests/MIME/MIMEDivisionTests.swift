import MilterMail
import Testing

/// Messages that programs divide in different ways.
struct MIMEDivisionTests {
  private static let body = "--a\n\none\n--a--\n--b\n\ntwo\n--b--\n"

  private func message(_ headers: String, _ body: String = body) -> MIMEMessage {
    MIMEMessage(headers: MailHeaders(parsing: headers.crlf), body: body.crlf)
  }

  private static let ambiguous = [
    "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=a\n",
    "Content-Type: multipart/mixed; boundary=a\nContent-Type: text/plain\n",
    "Content-Type: multipart/mixed; boundary=a\nContent-Type: multipart/mixed; boundary=b\n",
    "Content-Type: multipart/mixed; boundary=a; boundary=b\n",
    "Content-Type: multipart/mixed; boundary=a; boundary*=utf-8''b\n",
    "Content-Type: multipart/mixed; boundary=a b\n",
    "Content-Type: multipart/mixed; boundary=a (b)\n",
    "Content-Type: multipart/mixed; boundary=a (; boundary=b\n",
    "Content-Type: multipart/mixed; boundary=a; x=\"; boundary=b\n",
    "Content-Type: multipart/mixed; boundary=a; x=\"; boundary=b\"\n",
    "Content-Type: multipart/mixed; boundary=\"a \"\n",
    "Content-Type: multipart/mixed; boundary=\"\\a\"\n",
    "Content-Type: multipart/mixed; boundary=ä\n", "Content-Type: multipart/mixed; boundary=a\"\n",
    "Content-Type: multipart/mixed; boundary=\"a\n",
    "Content-Type: multipart/mixed; boundary=\"\"\n", "Content-Type: multipart/mixed\n",
    "Content-Type: multipart/mixed boundary=a\n", "Content-Type: multipart/mixed (; boundary=a\n",
    "Content-Type: multipart; boundary=a\n", "Content-Type: \"MULTIPART/mixed\"; boundary=a\n",
    "Content-Type: multipart/mixed; boundary=c\nContent-Transfer-Encoding: base64\n",
    "Content-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: base64\n",
    "Content-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: x-uuencode\n",
    "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n",
    "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n",
    "Content-Type: message/rfc822\nContent-Transfer-Encoding: x\n",
    "Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n"
      + "Content-Transfer-Encoding: base64\n",
    "Content-Type: message/rfc822 (\n", "Content-Type: message/global\n",
    "Content-Type: message/partial; id=x; number=1\n",
  ]

  @Test(arguments: ambiguous)
  func `A message that programs divide in different ways is not fully divided`(_ headers: String) {
    #expect(!message(headers).isFullyDivided)
    let outer = message(
      "Content-Type: multipart/mixed; boundary=o\n",
      "--o\n\(headers)\n\(Self.body)\n--o\nContent-Type: message/rfc822\n\nSubject: x\n\n\n--o--\n")
    #expect(!outer.isFullyDivided)
  }

  @Test(arguments: [
    // A multipart inside another one with the same boundary.
    "--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nhi\n--a--\n--a\n\nMZ\n--a--\n",
    // Text after the boundary, on the delimiter line.
    "--a\n\nhi\n--a x\n\nMZ\n--a--\n", "--a\n\nhi\n--ax\n\nMZ\n--a--\n",
    "--a\n\nhi\n--a--x\n--a\n\nMZ\n--a--\n",
    // Parts after the closing delimiter.
    "--a\n\nhi\n--a--\n--a\n\nMZ\n--a--\n",
  ])
  func `A body that programs divide in different ways is not fully divided`(_ body: String) {
    let headers = "Content-Type: multipart/mixed; boundary=a\n"
    #expect(!message(headers, body).isFullyDivided)
    #expect(!message("Content-Type: message/rfc822\n", "\(headers)\n\(body)").isFullyDivided)
  }

  @Test(arguments: [
    ("--a\n\none =3D\n--a--\n", true), ("--a\nA: b=c\n\none=\ntwo\n--a--\n", true),
    ("--a\n\none\n=2D-a\n\ntwo\n--a--\n", false), ("--a\n\none=\n--a\n\ntwo\n--a--\n", false),
    ("--a\n\none\n-=\n-a\n\ntwo\n--a--\n", false),
    ("--a\nContent-Disposition: x; filename=3D\"a.exe\"\n\none\n--a--\n", false),
  ])
  func `A multipart in quoted-printable is fully divided if its decoding changes no part`(
    _ body: String, _ isFullyDivided: Bool
  ) {
    let headers =
      "Content-Type: multipart/mixed; boundary=a\nContent-Transfer-Encoding: quoted-printable\n"
    #expect(message(headers, body).isFullyDivided == isFullyDivided)
  }

  @Test func `A boundary may begin like that of another multipart`() {
    let inner = "Content-Type: multipart/mixed; boundary=ab\n\n--ab\n\none\n--ab--\n"
    let body = "--a\n\(inner)--a\nContent-Type: text/plain\n\n-- \nme\n--a--\n"
    #expect(message("Content-Type: multipart/mixed; boundary=a\n", body).isFullyDivided)
  }

  @Test(arguments: ambiguous)
  func `The changes of such a message are made completely or not at all`(_ headers: String) throws {
    let message = message(headers)
    var editor = MIMEEditor(message)
    let note = MIMEEntity(text: "note")
    for part in message.root.all {
      #expect(throws: MIMEEditError.self) { try editor.setContent([], of: part) }
      #expect(throws: MIMEEditError.self) { try editor.remove(part) }
      #expect(throws: MIMEEditError.self) { try editor.append(note, to: part) }
    }
    for part in message.root.all.dropFirst() {
      #expect { try editor.replace(part, with: note) } throws: {
        ($0 as? MIMEEditError)?.code == .ambiguous
      }
    }
    #expect(editor.body == message.body)
    try editor.replace(message.root, with: note)
    #expect(editor.body == Array("note".utf8))
    let types = editor.headerChanges.filter { $0.name == "Content-Type" }
    #expect(types.compactMap(\.value) == ["text/plain; charset=us-ascii"])
  }

  @Test(arguments: [
    "", "Content-Type: text/plain; name=\"message/multipart.txt\"\n", "Content-Type: nonsense\n",
    "Content-Type: multipart/mixed; boundary=a\n",
    "Content-Type: multipart/mixed; boundary=a\nContent-Type:  multipart/mixed;\n boundary=a\n",
    "Content-Type: Multipart/Mixed;\n\tBoundary=\"a\"; x=\"y z\"\n",
    "Content-Type: multipart/mixed; boundary*0=\"a\"\n",
    "Content-Type: multipart/mixed; boundary=\"----=_(x)'+_,-./:=?\"\n",
    "Content-Type: multipart/mixed; boundary=----=_x\nContent-Transfer-Encoding: 8bit\n",
    "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n",
    "Content-Type: message/delivery-status\n", "Content-Type: message/feedback-report\n",
    "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n",
  ])
  func `A message that all programs divide in the same way is fully divided`(_ headers: String) {
    #expect(message(headers).isFullyDivided)
  }

  @Test
  func `Generated messages that follow the standards are fully divided`() {
    var mail = RandomMail(17)
    for _ in 0..<200 {
      let (headers, body) = mail.next()
      #expect(MIMEMessage(headers: MailHeaders(parsing: headers), body: body).isFullyDivided)
    }
  }
}
