import MilterMail
import Testing

struct MIMEMessageTests {
  /// Returns the structure as text: the type and content of each part, indented by depth.
  private func outline(_ message: MIMEMessage) -> [String] {
    func lines(_ part: MIMEPart, _ depth: Int) -> [String] {
      let content =
        part.parts.isEmpty
        ? message.content(of: part).map {
          " " + String(decoding: $0, as: UTF8.self).debugDescription
        }
        : nil
      let type = "\(part.contentType.type)/\(part.contentType.subtype)"
      return [String(repeating: " ", count: depth) + type + (content ?? "")]
        + part.parts.flatMap { lines($0, depth + 1) }
    }
    return lines(message.root, 0)
  }

  private func message(_ contentType: String?, _ body: String) -> MIMEMessage {
    var headers = MailHeaders()
    if let contentType { headers.append("Content-Type", contentType) }
    return MIMEMessage(headers: headers, body: body.crlf)
  }

  @Test
  func `The example of RFC 2046, 5.1.1`() {
    let message = message(
      "multipart/mixed; boundary=\"simple boundary\"",
      """
      This is the preamble.  It is to be ignored, though it
      is a handy place for composition agents to include an
      explanatory note to non-MIME conformant readers.

      --simple boundary

      This is implicitly typed plain US-ASCII text.
      It does NOT end with a linebreak.
      --simple boundary
      Content-type: text/plain; charset=us-ascii

      This is explicitly typed plain US-ASCII text.
      It DOES end with a linebreak.

      --simple boundary--

      This is the epilogue.  It is also to be ignored.

      """)
    let second =
      "This is explicitly typed plain US-ASCII text.\\r\\nIt DOES end with a linebreak.\\r\\n"
    #expect(
      outline(message) == [
        "multipart/mixed",
        " text/plain \"This is implicitly typed plain US-ASCII text.\\r\\n"
          + "It does NOT end with a linebreak.\"",
        " text/plain \"\(second)\"",
      ])
  }

  @Test
  func `The structure of RFC 2049, appendix A`() {
    let message = message(
      "multipart/mixed; boundary=unique-boundary-1",
      """
      This is the preamble area of a multipart message.
      --unique-boundary-1

        ... Some text appears here ...
      --unique-boundary-1
      Content-type: text/plain; charset=US-ASCII

      This could have been part of the previous part, but
      --unique-boundary-1
      Content-Type: multipart/parallel; boundary=unique-boundary-2

      --unique-boundary-2
      Content-Type: audio/basic
      Content-Transfer-Encoding: base64

      YXVkaW8=
      --unique-boundary-2
      Content-Type: image/jpeg
      Content-Transfer-Encoding: base64

      aW1hZ2U=
      --unique-boundary-2--

      --unique-boundary-1
      Content-type: text/enriched

      This is <bold><italic>enriched.</italic></bold>
      --unique-boundary-1
      Content-Type: message/rfc822

      From: (mailbox in US-ASCII)
      To: (address in US-ASCII)
      Subject: (subject in US-ASCII)
      Content-Type: Text/plain; charset=ISO-8859-1
      Content-Transfer-Encoding: Quoted-printable

        ... Additional text in ISO-8859-1 =66oes here ...
      --unique-boundary-1--

      """)
    #expect(
      outline(message) == [
        "multipart/mixed", " text/plain \"  ... Some text appears here ...\"",
        " text/plain \"This could have been part of the previous part, but\"",
        " multipart/parallel", "  audio/basic \"audio\"", "  image/jpeg \"image\"",
        " text/enriched \"This is <bold><italic>enriched.</italic></bold>\"", " message/rfc822",
        "  text/plain \"  ... Additional text in ISO-8859-1 foes here ...\"",
      ])
  }

  @Test
  func `The parts of a digest are messages`() {
    let message = message(
      "multipart/digest; boundary=\"---- next message ----\"",
      """
      ------ next message ----

      From: someone-else
      Subject: my opinion

      ...body goes here ...
      ------ next message ------
      """)
    #expect(
      outline(message) == [
        "multipart/digest", " message/rfc822", "  text/plain \"...body goes here ...\"",
      ])
  }

  @Test(arguments: [
    ("multipart/mixed; boundary=a", "--a\nX: y\n\ncut short", ["text/plain \"cut short\""]),
    (
      "multipart/mixed; boundary=a", "--a\n\n1\n--a \t\n\n2\n--a--x\n--a--",
      ["text/plain \"1\"", "text/plain \"2\\r\\n--a--x\""]
    ),
    ("multipart/mixed; boundary=a", "--ab\n\n1\n--a\n\n2", ["text/plain \"2\""]),
    // Delimiters with nothing between or after them do not make a part.
    ("multipart/mixed; boundary=a", "--a\n--a\n--a--", []),
    ("multipart/mixed; boundary=a", "--a\n\n--a\n\n1\n--a--", ["text/plain \"1\""]),
    ("multipart/mixed; boundary=a", "--a\n\n \n\n--a\n\n1\n--a--", ["text/plain \"1\""]),
    ("multipart/mixed; boundary=a", "--a\n\n1\n--a\n", ["text/plain \"1\""]),
    ("multipart/mixed; boundary=a", "--a\n\n1\n--a", ["text/plain \"1\""]),
    ("multipart/mixed; boundary=a", "--a\n\n1\n--a\n\n", ["text/plain \"1\""]),
    ("multipart/mixed; boundary=a", "--a\nX: y\n\n\n--a--", ["text/plain \"\""]),
    ("multipart/mixed; boundary=a", "--a\nContent-Type: text/html", ["text/html \"\""]),
    ("multipart/mixed; boundary=a", "no delimiter", []),
    ("multipart/mixed; boundary=a", "", []),
    ("multipart/mixed", "--\n\nx", []),
    // The delimiter of the outer multipart also ends the inner parts.
    (
      "multipart/mixed; boundary=a",
      "--a\nContent-Type: multipart/x; boundary=b\n\n--b\n\n1\n--a\n\n2",
      ["multipart/x", " text/plain \"1\"", "text/plain \"2\""]
    ),
  ])
  func `A broken multipart is divided at its delimiters`(
    _ type: String, _ body: String, _ parts: [String]
  ) {
    #expect(outline(message(type, body)).dropFirst().map { String($0.dropFirst()) } == parts)
  }

  @Test func `A message without MIME is text`() {
    #expect(outline(message(nil, "Hello\n")) == ["text/plain \"Hello\\r\\n\""])
    #expect(outline(message("nonsense", "Hello\n")) == ["text/plain \"Hello\\r\\n\""])
  }

  @Test
  func `Ranges lead back to the bytes`() throws {
    let message = message("multipart/x; boundary=a", "pre\n--a\nX: 1\nY: 2\n\nbody\n--a--\n")
    let part = try #require(message.root.parts.first)
    #expect(message.body[part.headerRange].elementsEqual("X: 1\r\nY: 2\r\n".utf8))
    #expect(message.body[part.bodyRange].elementsEqual("body".utf8))
    #expect(
      part.headers.map { String(decoding: message.body[$0.range], as: UTF8.self) } == [
        "X: 1\r\n", "Y: 2\r\n",
      ])
    #expect(message.root.bodyRange == 0..<message.body.count)
  }

  @Test(arguments: [
    ("attachment; filename=a.txt", true), ("inline", false), ("x-odd", true), ("INLINE", false),
    ("", false),
  ])
  func `The disposition shows whether a part is an attachment`(
    _ value: String, _ isAttachment: Bool
  ) {
    var headers = MailHeaders()
    headers.append("Content-Disposition", value)
    #expect(MIMEMessage(headers: headers, body: []).root.isAttachment == isAttachment)
  }

  @Test
  func `The root of a multipart/related: RFC 2387, 3.2`() {
    let body = "--a\nContent-ID: <1@x>\n\none\n--a\nContent-ID: (c) <2@x> (d)\n\ntwo\n--a--\n"
    for (parameters, id) in [
      ("", "<1@x>"), ("; start=\"<2@x>\"", "(c) <2@x> (d)"), ("; start=2@x", "(c) <2@x> (d)"),
      ("; start=\"<3@x>\"", "<1@x>"),
    ] {
      let message = message("multipart/related; boundary=a\(parameters)", body)
      let found = message.root.relatedRoot?.headers["Content-ID"]
      #expect(found == id, "parameters: \(parameters)")
    }
    #expect(message("multipart/mixed; boundary=a", body).root.relatedRoot == nil)
    #expect(message("multipart/related; boundary=a", "").root.relatedRoot == nil)
  }

  @Test
  func `Text after encoded content is not part of it`() {
    var headers = MailHeaders()
    headers.append("Content-Transfer-Encoding", "base64")
    for (body, content, trailer) in [
      (
        "SGVsbG8gd29ybGQhCg==\n_____\nUsers mailing list\n", "Hello world!\n",
        "\n_____\nUsers mailing list\n"
      ),
      ("SGk=\n\n", "Hi", ""), ("SGlI\n", "HiH", ""),
    ] {
      let message = MIMEMessage(headers: headers, body: Array(body.utf8))
      #expect(message.content(of: message.root) == Array(content.utf8), "\(body)")
      let found = message.body[message.trailer(of: message.root)]
      #expect(found.elementsEqual(trailer.utf8), "\(body)")
    }
  }

  @Test
  func `Nesting and the number of parts are limited`() {
    let open = "--a\nContent-Type: multipart/x; boundary=a\n\n"
    let deep = message("multipart/x; boundary=a", String(repeating: open, count: 500))
    #expect(deep.root.all.count <= 1001)
    let nested = (0..<200).map { "--b\($0)\nContent-Type: multipart/x; boundary=b\($0 + 1)\n\n" }
    #expect(message("multipart/x; boundary=b0", nested.joined()).root.all.count == 33)
    let many = message("multipart/x; boundary=a", String(repeating: "--a\n\nx\n", count: 50_000))
    #expect(many.root.parts.count == 1000)
    let letters = String(repeating: "Content-Type: message/rfc822\n\n", count: 5000)
    #expect(message("message/rfc822", letters).root.all.count == 33)
  }
}

extension String {
  /// The bytes with CR LF for each LF.
  var crlf: [UInt8] { utf8.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } }
}
