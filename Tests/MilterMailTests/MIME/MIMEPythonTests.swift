import MilterMail
import MilterRandomFixtures
import Testing

/// Python's `email` package finds the same parts.
struct MIMEPythonTests {
  private static let mails: [(headers: [UInt8], body: [UInt8])] = {
    var mail = RandomMail(15)
    return (0..<200).map { _ in mail.next() }
  }()

  private func message(_ mail: (headers: [UInt8], body: [UInt8])) -> MIMEMessage {
    MIMEMessage(headers: MailHeaders(parsing: mail.headers), body: mail.body)
  }

  /// The output of `parts` of `mail.py`.
  private func outline(_ message: MIMEMessage) -> String {
    message.root.all.map { part in
      let content = part.parts.isEmpty ? message.content(of: part).map(hex) : nil
      let type = "\(part.contentType.type)/\(part.contentType.subtype)"
      return "\(type) \(part.fileName ?? "-") \(content ?? "-")"
    }.joined(separator: "\n")
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
  }

  @Test
  func `Generated messages have the same parts, names and contents`() throws {
    let answers = try PythonEmail.ask("parts", Self.mails.map { $0.headers + [13, 10] + $0.body })
    #expect(answers.count == Self.mails.count)
    for (mail, answer) in zip(Self.mails, answers) { #expect(outline(message(mail)) == answer) }
  }

  @Test
  func `The same holds after random edits, and other parts are unchanged byte for byte`() throws {
    var random = SplitMix64(seed: 16)
    var edited: [MIMEMessage] = []
    var bytes: [[UInt8]] = []
    for mail in Self.mails {
      let message = message(mail)
      var (editor, touched) = (MIMEEditor(message), Set<Int>())
      for _ in 0..<3 { edit(&editor, message, &touched, &random) }
      let headers = Self.applied(editor.headerChanges, to: message.root.headers)
      edited.append(MIMEMessage(headers: headers, body: editor.body))
      bytes.append(
        headers.flatMap { Array("\($0.name): ".utf8) + $0.rawValue + [13, 10] } + [13, 10]
          + editor.body)
      var position = 0
      for part in message.root.all where part.parts.isEmpty && !touched.contains(part.number) {
        let place = editor.body[position...].firstRange(of: message.body[part.range])
        let start = try #require(
          place, "part \(part.number) of \(String(decoding: mail.headers, as: UTF8.self))"
        ).lowerBound
        position = start + part.range.count
      }
    }
    let answers = try PythonEmail.ask("parts", bytes)
    #expect(answers.count == edited.count)
    for (message, answer) in zip(edited, answers) { #expect(outline(message) == answer) }
  }

  /// Makes one change, and notes the parts that it touches.
  private func edit(
    _ editor: inout MIMEEditor, _ message: MIMEMessage, _ touched: inout Set<Int>,
    _ random: inout SplitMix64
  ) {
    let part = random.pick(message.root.all)
    let entity = random.pick([
      MIMEEntity(text: "A notice.\n"), MIMEEntity(text: "Grüße — 日本\n", subtype: "html"),
      MIMEEntity(attachment: Array(0...255), fileName: "Anhang für \"Sie\".bin"),
      MIMEEntity(multipart: "alternative", [MIMEEntity(text: "a"), MIMEEntity(text: "ü")]),
      MIMEEntity(.init("message", "rfc822"), content: "Subject: x\n\ninner\n".crlf),
    ])
    do {
      switch Int.random(in: 0..<6, using: &random) {
      case 0: try editor.remove(part)
      case 1: try editor.replace(part, with: entity)
      case 2: return try editor.insert(entity, before: part)
      case 3: return try editor.insert(entity, after: part)
      case 4: return try editor.append(entity, to: part)
      default: return try editor.attach(entity)
      }
      touched.formUnion(part.all.map(\.number))
    } catch {
      // The editor refuses changes that do not apply to this part, such as removing the root.
    }
  }

  /// Returns the header fields after changes, applied as an MTA applies them.
  private static func applied(
    _ changes: [MIMEEditor.HeaderChange], to headers: MailHeaders
  ) -> MailHeaders {
    var fields = headers.map { (name: $0.name, value: $0.rawValue) }
    for change in changes {
      let places = fields.indices.filter {
        fields[$0].name.lowercased() == change.name.lowercased()
      }
      let place = places.dropFirst(change.index - 1).first
      let value = change.value.map { Array($0.utf8).flatMap { $0 == 10 ? [13, 10] : [$0] } }
      switch (place, value) {
      case (let place?, let value?): fields[place].value = value
      case (let place?, nil): fields.remove(at: place)
      case (nil, let value?): fields.append((change.name, value))
      case (nil, nil): break
      }
    }
    var result = MailHeaders()
    for field in fields { result.append(field.name, field.value) }
    return result
  }
}
