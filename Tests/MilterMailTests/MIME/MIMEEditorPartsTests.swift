import MilterMail
import Testing

/// Parts that are removed, replaced and added.
struct MIMEEditorPartsTests {
  private func message(
    _ body: String, _ headers: String = "Content-Type: multipart/mixed; boundary=a\n"
  ) -> MIMEMessage {
    MIMEMessage(headers: MailHeaders(parsing: headers.crlf), body: body.crlf)
  }

  private func text(_ editor: MIMEEditor) -> String {
    String(decoding: editor.body.filter { $0 != 13 }, as: UTF8.self)
  }

  private let three = "pre\n--a\n\none\n--a \nX: 2\n\ntwo\n\n--a\n\nthree\n--a--\nepilogue\n"
  private let note = MIMEEntity(text: "note")
  private let noteText = "Content-Type: text/plain; charset=us-ascii\n\nnote\n"

  @Test(arguments: [
    (0, "pre\n--a \nX: 2\n\ntwo\n\n--a\n\nthree\n--a--\nepilogue\n"),
    (1, "pre\n--a\n\none\n--a\n\nthree\n--a--\nepilogue\n"),
    (2, "pre\n--a\n\none\n--a \nX: 2\n\ntwo\n\n--a--\nepilogue\n"),
  ])
  func `A part is removed with its delimiter, and nothing else`(_ index: Int, _ expected: String)
    throws
  {
    let message = message(three)
    var editor = MIMEEditor(message)
    try editor.remove(message.root.parts[index])
    #expect(text(editor) == expected)
    #expect(editor.headerChanges.isEmpty)
  }

  @Test
  func `A multipart without parts keeps an empty text`() throws {
    let message = message(three)
    var editor = MIMEEditor(message)
    for part in message.root.parts { try editor.remove(part) }
    #expect(text(editor) == "pre\n--a\nContent-Type: text/plain\n\n\n--a--\nepilogue\n")
    try editor.append(note, to: message.root)
    #expect(text(editor) == "pre\n--a\n\(noteText)--a--\nepilogue\n")
  }

  @Test(arguments: [
    ("--a\n\none\n--a\n\ntwo\n", 1, "--a\n\none\n--a--\n"),
    ("--a\n\none\n--a\n\ntwo\n", 0, "--a\n\ntwo\n"),
    ("--a\n\none", 0, "--a\nContent-Type: text/plain\n\n\n--a--\n"),
    ("--a\n\none\n--a\n \n", 0, "--a\n \n\n--a\nContent-Type: text/plain\n\n\n--a--\n"),
  ])
  func `A truncated multipart keeps what it has`(
    _ body: String, _ index: Int, _ expected: String
  ) throws {
    let message = message(body)
    var editor = MIMEEditor(message)
    try editor.remove(message.root.parts[index])
    #expect(text(editor) == expected)
  }

  @Test
  func `A part is replaced between its delimiters`() throws {
    let message = message(three)
    var editor = MIMEEditor(message)
    try editor.replace(message.root.parts[1], with: note)
    #expect(text(editor) == three.replacing("X: 2\n\ntwo\n\n", with: noteText))
  }

  @Test
  func `Parts are added in the requested places, in the order of the requests`() throws {
    let message = message(three)
    var editor = MIMEEditor(message)
    let parts = message.root.parts
    func named(_ name: String) -> MIMEEntity { MIMEEntity(text: name) }
    try editor.append(named("end"), to: message.root)
    try editor.insert(named("first"), before: parts[0])
    try editor.insert(named("second"), before: parts[0])
    try editor.insert(named("last"), after: parts[2])
    try editor.remove(parts[2])
    try editor.insert(named("gone"), before: parts[2])
    let edited = MIMEMessage(headers: message.root.headers, body: editor.body)
    let contents = edited.root.parts.map {
      String(decoding: edited.content(of: $0) ?? [], as: UTF8.self)
    }
    #expect(contents == ["first", "second", "one", "two\r\n", "gone", "last", "end"])
  }

  @Test(arguments: [
    ("--a\n\none", "--a\n\none\n--a\nNOTE--a--\n"), ("--a\nX: 1", "--a\nX: 1\n--a\nNOTE--a--\n"),
    ("--a\n\none\n--a\n", "--a\n\none\n--a\n\n--a\nNOTE--a--\n"),
    ("--a", "--a\n--a\nNOTE--a--\n"),
  ])
  func `An addition to a truncated multipart closes it`(
    _ body: String, _ expected: String
  ) throws {
    let message = message(body)
    var editor = MIMEEditor(message)
    try editor.append(note, to: message.root)
    #expect(text(editor) == expected.replacing("NOTE", with: noteText))
  }

  @Test
  func `Nested multiparts and messages are divided, and each keeps its own boundaries`() throws {
    let body = """
      --a
      Content-Type: multipart/x; boundary=b

      --b

      one
      --b

      two
      --b--
      inner epilogue
      --a
      Content-Type: message/rfc822

      Subject: inner
      Content-Type: multipart/x; boundary=c
      Content-Length: 5

      --c

      three
      --c

      four
      --a--

      """
    let message = message(body)
    let all = message.root.all
    #expect(all.map(\.number) == Array(0..<8))
    var editor = MIMEEditor(message)
    try editor.remove(all[3])
    try editor.remove(all[7])
    #expect(
      text(editor)
        == body.replacing("--b\n\ntwo\n", with: "").replacing("--c\n\nfour", with: "--c--"))
    editor = MIMEEditor(message)
    try editor.replace(all[5], with: note)
    try editor.append(note, to: all[1])
    let start = body.firstRange(of: "Content-Type: multipart/x; boundary=c")!.lowerBound
    #expect(
      text(editor)
        == body[..<start].replacing("two\n", with: "two\n--b\n\(noteText)")
        + "MIME-Version: 1.0\n\(noteText)--a--\n")
    // Removing a part also discards the edits of the parts inside it.
    try editor.remove(all[4])
    #expect(throws: MIMEEditError.self) { try editor.remove(all[6]) }
    #expect(!text(editor).contains("inner\n"))
  }

  @Test
  func `A message without parts becomes the first part of a new multipart`() throws {
    let headers =
      "Subject: x\nContent-Type: text/html;\n charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
      + "Content-Length: 3\nContent-ID: <1@x>\n"
    let message = message("<p>ü=_milter_1_", headers)
    var editor = MIMEEditor(message)
    try editor.attach(MIMEEntity(attachment: [1, 2, 3], fileName: "a.bin"))
    #expect(
      editor.headerChanges.map { "\($0.name) \($0.index) \($0.value ?? "nil")" } == [
        "Content-Length 1 nil", "Content-Type 1 multipart/mixed; boundary=\"=_milter_2_\"",
        "Content-ID 1 nil", "MIME-Version 1 1.0",
      ])
    #expect(
      text(editor) == """
        --=_milter_2_
        Content-Type: text/html;
         charset=utf-8
        Content-Transfer-Encoding: 8bit
        Content-ID: <1@x>

        <p>ü=_milter_1_
        --=_milter_2_
        Content-Type: application/octet-stream
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment; filename=a.bin

        AQID

        --=_milter_2_--

        """)
  }

  @Test
  func `An attachment goes into a multipart/mixed, or into a new one around the message`() throws {
    let mixed = message(three)
    var editor = MIMEEditor(mixed)
    try editor.attach(note)
    #expect(text(editor) == three.replacing("--a--", with: "--a\n\(noteText)--a--"))
    #expect(editor.headerChanges.isEmpty)
    for type in ["multipart/alternative; boundary=a", "multipart/mixed; boundary=none"] {
      let other = message(three, "Content-Type: \(type)\nMIME-Version: 1.0\n")
      editor = MIMEEditor(other)
      try editor.attach(note)
      #expect(
        text(editor)
          == "--=_milter_1_\nContent-Type: \(type)\n\n\(three)\n--=_milter_1_\n\(noteText)"
          + "--=_milter_1_--\n", "\(type)")
      #expect(editor.headerChanges.map(\.name) == ["Content-Type"], "\(type)")
    }
  }

  @Test
  func `The message itself is replaced, and keeps its attachments`() throws {
    let message = message(three, "Subject: x\nContent-Type: multipart/mixed; boundary=a\n")
    var editor = MIMEEditor(message)
    try editor.attach(MIMEEntity(text: "more"))
    try editor.replace(message.root, with: note)
    #expect(text(editor).hasPrefix("--=_milter_1_\n\(noteText)--=_milter_1_\n"))
    editor = MIMEEditor(message)
    try editor.replace(message.root, with: note)
    #expect(text(editor) == "note")
    #expect(
      editor.headerChanges.map { "\($0.name) \($0.index) \($0.value ?? "nil")" } == [
        "Content-Type 1 text/plain; charset=us-ascii", "MIME-Version 1 1.0",
      ])
  }

  @Test
  func `Content that would divide the message is encoded, or refused`() throws {
    let message = message(three)
    var editor = MIMEEditor(message)
    try editor.setContent(Array("x\r\n--ab\r\n".utf8), of: message.root.parts[0])
    try editor.append(MIMEEntity(text: "--a--\n"), to: message.root)
    #expect(!text(editor).contains("--ab"))
    let edited = MIMEMessage(headers: message.root.headers, body: editor.body)
    #expect(edited.content(of: edited.root.parts[0]) == Array("x\r\n--ab\r\n".utf8))
    #expect(edited.content(of: edited.root.parts[3]) == Array("--a--\r\n".utf8))
    let letter = MIMEEntity(.init("message", "rfc822"), content: Array("S: x\r\n\r\n--a\r\n".utf8))
    #expect { try editor.append(letter, to: message.root) } throws: {
      "\($0)" == "a line of the new content is a delimiter line of the message"
    }
  }

  @Test
  func `An unsafe edit is refused, and changes nothing`() throws {
    func refused(
      _ code: MIMEEditError.Code, _ body: String, _ type: String = "multipart/mixed; boundary=a",
      _ change: (inout MIMEEditor, MIMEPart) throws -> Void
    ) {
      let message = message(body, "Content-Type: \(type)\n")
      var editor = MIMEEditor(message)
      #expect { try change(&editor, message.root) } throws: {
        ($0 as? MIMEEditError)?.code == code && !"\($0)".isEmpty
      }
      #expect(editor.body == message.body)
      #expect(editor.headerChanges.isEmpty)
    }
    let rfc822 = "message/rfc822"
    refused(.wholeMessage, three) { try $0.remove($1) }
    refused(.wholeMessage, "S: x\n\ny", rfc822) { try $0.remove($1.parts[0]) }
    refused(.wholeMessage, "S: x\n\ny", rfc822) { try $0.insert(note, after: $1.parts[0]) }
    refused(.composite, three) { try $0.setContent([], of: $1) }
    refused(.composite, "none") { try $0.setContent([], of: $1) }
    refused(.notDivided, "none") { try $0.append(note, to: $1) }
    refused(.notDivided, "none", "text/plain") { try $0.append(note, to: $1) }
    refused(.otherMessage, three) { editor, _ in
      try editor.remove(message("--a\n\nx").root.parts[0])
    }
    refused(.notEncodable, three) {
      try $0.append(MIMEEntity(.init("message", "rfc822"), content: [0]), to: $1)
    }
    for type in ["multipart/mixed; boundary=a; boundary=b", "multipart/mixed; boundary=a b"] {
      refused(.ambiguous, three, type) { try $0.remove($1.parts[0]) }
      refused(.ambiguous, three, type) { try $0.append(note, to: $1) }
    }
    refused(.ambiguous, three, "multipart/mixed; boundary=a\nContent-Type: text/plain") {
      try $0.remove($1.parts[0])
    }
    refused(.tooManyParts, String(repeating: "--a\n\nx\n", count: 1001)) {
      try $0.append(note, to: $1)
    }
    for entity in [
      MIMEEntity(.init("te xt", "plain"), content: []),
      MIMEEntity(.init("text", ""), content: []),
    ] {
      refused(.invalidField, three) { try $0.append(entity, to: $1) }
    }
    for (name, value) in [("X", "a\r\nBcc: b"), ("X", "a\rb"), ("X:", ""), ("", ""), ("X", "\0")] {
      var entity = note
      entity.fields.append(name, value)
      refused(.invalidField, three) { editor, _ in try editor.attach(entity) }
    }
  }

  @Test
  func `A part of a multipart with the boundary of one around it is not changed`() throws {
    let message = message(
      "--a\nContent-Type: message/rfc822\n\nContent-Type: multipart/x; boundary=b\n\n"
        + "--b\nContent-Type: multipart/x; boundary=b\n\n--b\n\nx\n--b--\n--a--\n")
    let inner = try #require(message.root.all.last)
    var editor = MIMEEditor(message)
    try editor.remove(inner)
    let same = try #require(
      message.root.all.first { $0.contentType.is("multipart", "x") }?.parts.first)
    #expect { try editor.append(note, to: same) } throws: {
      ($0 as? MIMEEditError)?.code == .notDivided
    }
  }
}
