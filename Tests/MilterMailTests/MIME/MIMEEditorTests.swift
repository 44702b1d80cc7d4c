import MilterMail
import MilterRandomFixtures
import Testing

struct MIMEEditorTests {
  private func edit(
    _ headers: String, _ body: String, _ content: [UInt8], part index: Int = 0
  ) throws -> (headers: [String], body: String) {
    let message = MIMEMessage(headers: MailHeaders(parsing: headers.crlf), body: body.crlf)
    let leaves = message.root.all.filter(\.parts.isEmpty)
    var editor = MIMEEditor(message)
    try editor.setContent(content, of: try #require(leaves.dropFirst(index).first))
    let changes = editor.headerChanges.map { "\($0.name) \($0.index) \($0.value ?? "nil")" }
    return (changes, String(decoding: editor.body, as: UTF8.self))
  }

  @Test(arguments: [
    ("", "a", "b", []),
    ("Content-Transfer-Encoding: 8bit\n", "a", "ü", []),
    ("Content-Transfer-Encoding: base64\n", "YQ==", "w7w=\r\n", []),
    ("Content-Transfer-Encoding: quoted-printable\n", "=61", "=C3=BC", []),
    (
      "MIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n", "a", "=C3=BC",
      ["Content-Transfer-Encoding 1 quoted-printable"]
    ),
    ("", "a", "=C3=BC", ["Content-Transfer-Encoding 1 quoted-printable", "MIME-Version 1 1.0"]),
    (
      "Content-Type: image/x\n", "a", "w7w=\r\n",
      ["Content-Transfer-Encoding 1 base64", "MIME-Version 1 1.0"]
    ),
  ])
  func `A text keeps its encoding if it fits`(
    _ headers: String, _ body: String, _ expected: String, _ changes: [String]
  ) throws {
    let content = expected == "b" ? "b" : "ü"
    let result = try edit(headers, body, Array(content.utf8))
    #expect(result.body == expected)
    #expect(result.headers == changes)
  }

  @Test
  func `Fields that the edit makes wrong are removed`() throws {
    let headers =
      "Content-MD5: x\nLines: 3\nlines: 4\nContent-Length: 5\nContent-Type: multipart/x; boundary=a\n"
    let body = "--a\nContent-Length: 1\nContent-Type: text/plain\nContent-MD5:\n y\n\nold\n--a--\n"
    let result = try edit(headers, body, Array("new".utf8))
    #expect(
      result.headers == ["Content-Length 1 nil", "Content-MD5 1 nil", "Lines 2 nil", "Lines 1 nil"])
    #expect(result.body == "--a\r\nContent-Type: text/plain\r\n\r\nnew\r\n--a--\r\n")
  }

  @Test(arguments: [
    (
      "--a\nContent-Transfer-Encoding: 7bit\nX: 1\n\nold\n--a--\n",
      "--a\nX: 1\nContent-Transfer-Encoding: quoted-printable\n\n=C3=BC\n--a--\n"
    ),
    (
      "pre\n--a\n\nold\n--a--\n",
      "pre\n--a\nContent-Transfer-Encoding: quoted-printable\n\n=C3=BC\n--a--\n"
    ),
    // A part without a closing delimiter, and parts that have only header fields.
    ("--a\n\nold", "--a\nContent-Transfer-Encoding: quoted-printable\n\n=C3=BC"),
    ("--a\nX: 1\n", "--a\nX: 1\nContent-Transfer-Encoding: quoted-printable\n\n=C3=BC"),
    (
      "--a\nX: 1\n--a--",
      "--a\nX: 1\nContent-Transfer-Encoding: quoted-printable\n\n=C3=BC\n--a--"
    ),
  ])
  func `Only the part changes, with its own header`(_ body: String, _ expected: String) throws {
    let result = try edit("Content-Type: multipart/x; boundary=a\n", body, Array("ü".utf8))
    #expect(result.body == String(decoding: expected.crlf, as: UTF8.self))
    #expect(result.headers.isEmpty)
  }

  @Test func `Several parts at once`() throws {
    let body = "--a\n\none\n--a\nContent-Transfer-Encoding: base64\n\ndHdv\n--a\n\nthree\n--a--\n"
    let message = MIMEMessage(
      headers: MailHeaders(parsing: "Content-Type: multipart/x; boundary=a\n".crlf), body: body.crlf
    )
    var editor = MIMEEditor(message)
    for part in message.root.parts.reversed() {
      try editor.setContent((message.content(of: part) ?? []) + Array("!".utf8), of: part)
    }
    let expected =
      "--a\n\none!\n--a\nContent-Transfer-Encoding: base64\n\ndHdvIQ==\n\n--a\n\nthree!\n--a--\n"
    #expect(editor.body == expected.crlf)
  }

  @Test
  func `No message traps, whatever is in it, and unchanged parts stay`() {
    let words = [
      "--a", "--b", "--", "\r\n", "\n", "\r", " ", ":", ";", "\"", "(", "=", "*", "%4", "'",
      "Content-Type: multipart/mixed; boundary=a\r\n", "Content-Type: message/rfc822\r\n",
      "Content-Type: multipart/x; boundary*0=b; boundary*1*=''%", "x", "Content-Length: 1\r\n",
      "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n",
      "=?utf-8?q?", "?=", "\u{0}", "ü",
    ].map { Array($0.utf8) }
    var random = SplitMix64(seed: 2045)
    for _ in 1...2000 {
      let body = (0..<30).flatMap { _ in random.pick(words) }
      let headers = MailHeaders(parsing: words[15] + body)
      let message = MIMEMessage(headers: headers, body: body)
      var editor = MIMEEditor(message)
      for part in message.root.all where part.parts.isEmpty {
        _ = message.content(of: part)
        _ = part.isAttachment
        try? editor.setContent([0x78], of: part)
      }
      #expect(MIMEEditor(message).body == body)
      for part in message.root.all {
        var other = MIMEEditor(message)
        guard (try? other.remove(part)) != nil else { continue }
        // Everything before the delimiter line of the removed part stays the same.
        let before = body[..<part.range.lowerBound].lastIndex(of: UInt8(ascii: "-")) ?? 0
        let line = body[..<before].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        #expect(other.body.starts(with: body[..<line]))
        try? other.insert(MIMEEntity(text: "x"), after: part)
        try? other.attach(MIMEEntity(text: "y"))
        _ = (other.body, other.headerChanges)
      }
      _ = (editor.body, EncodedWord.decode(body), MIMEContentType(body))
    }
  }

  @Test func `Nothing changes without an edit`() {
    let message = MIMEMessage(headers: MailHeaders(), body: Array("a\r\nb".utf8))
    #expect(MIMEEditor(message).body == message.body)
    #expect(MIMEEditor(message).headerChanges.isEmpty)
  }
}
