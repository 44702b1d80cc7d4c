import FuzzInput
import MilterMail

/// Edits parts of a message, and checks that all other parts stay the same, in the same order.
struct EditCheck {
  private let message: MIMEMessage
  private let all: [MIMEPart]
  private var editor: MIMEEditor
  private var touched: Set<Int> = []

  static func check(_ input: inout FuzzInput) {
    let headers = MailHeaders(parsing: input.rest)
    let start = headers.last?.range.upperBound ?? 0
    let message = MIMEMessage(headers: headers, body: Array(input.rest[start...]))
    require(MIMEEditor(message).body == message.body, "an editor changes an unedited body")
    require(MIMEEditor(message).headerChanges.isEmpty, "an editor changes the header by itself")
    var check = Self(message)
    check.read()
    while input.byte() & 1 == 1 { try? check.edit(&input) }
    check.finish()
    Self.attach(message)
  }

  private init(_ message: MIMEMessage) {
    self.message = message
    all = message.root.all
    editor = MIMEEditor(message)
  }

  private func read() {
    for (number, part) in all.enumerated() {
      require(part.number == number, "parts are not numbered in their order")
      _ = (message.content(of: part), message.trailer(of: part), part.relatedRoot)
      require(
        part.fileName.map { name in name.isEmpty || part.fileNames.first?.text == name } ?? true,
        "the file name is not the first one")
    }
  }

  /// The entities, created for each use: the leak check does not see values in a global's enum.
  private static var entities: [MIMEEntity] {
    [
      MIMEEntity(text: "A notice.\n--a\n--b\n"), MIMEEntity(text: "Grüße"),
      MIMEEntity(attachment: [0, 1, 255], fileName: "ü.bin"),
      MIMEEntity([MIMEEntity(text: "--a--"), MIMEEntity(multipart: "x", [])]),
      MIMEEntity(.init("message", "rfc822"), content: Array("A: b\r\n\r\n--a\r\n".utf8)),
    ]
  }

  private mutating func edit(_ input: inout FuzzInput) throws {
    let part = all[input.choice(of: all.count)]
    let entities = Self.entities
    let entity = entities[input.choice(of: entities.count)]
    switch input.choice(of: 7) {
    case 0: try editor.remove(part)
    case 1: try editor.replace(part, with: entity)
    case 2: try editor.setContent(input.bytes(), of: part)
    case 3: return try editor.insert(entity, before: part)
    case 4: return try editor.insert(entity, after: part)
    case 5: return try editor.append(entity, to: part)
    default: return try editor.attach(entity)
    }
    touched.formUnion(part.all.map(\.number))
  }

  private func finish() {
    let body = editor.body
    var rest = body[...]
    for part in all where part.parts.isEmpty && !touched.contains(part.number) {
      // A part attached to a multipart without parts is inserted between the multipart's bytes.
      if part.contentType.type == "multipart" { continue }
      let bytes = message.body[part.range]
      guard let place = rest.firstRange(of: bytes) else {
        fatalError("a part is lost that was not touched")
      }
      rest = rest[place.upperBound...]
    }
    _ = MIMEMessage(headers: message.root.headers, body: body).root.all
    _ = editor.headerChanges
  }

  /// Checks that a part attached to any message is its last part.
  private static func attach(_ message: MIMEMessage) {
    var editor = MIMEEditor(message)
    let content: [UInt8] = [0x66, 0x75, 0x7A, 0x7A]
    guard
      (try? editor.attach(MIMEEntity(.init("image", "png"), content: content))) != nil
    else { fatalError("nothing can be attached") }
    var headers = message.root.headers
    for change in editor.headerChanges where change.name.lowercased() == "content-type" {
      guard let value = change.value else { continue }
      headers = MailHeaders()
      headers.append("Content-Type", value)
    }
    let edited = MIMEMessage(headers: headers, body: editor.body)
    guard edited.isFullyDivided, let last = edited.root.parts.last else {
      require(!edited.isFullyDivided, "the attachment is not a part")
      return
    }
    require(edited.content(of: last) == content, "the attachment is not the last part")
  }
}
