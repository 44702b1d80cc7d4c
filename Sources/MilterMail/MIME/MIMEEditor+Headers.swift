extension MIMEEditor {
  /// The fields that describe the content, and are wrong after a change.
  static let stale = ["Content-Length", "Content-MD5", "Lines"]
  static let encodingName = "Content-Transfer-Encoding"

  /// Whether a field describes the body.
  static func isAboutContent(_ name: String) -> Bool {
    name.utf8.prefix(8).lazy.map(ASCII.lowercased).elementsEqual("content-".utf8)
  }

  static func isStale(_ name: String) -> Bool { stale.contains { ASCII.isSame($0, name) } }

  /// The changes to header fields of the message itself, in order.
  public var headerChanges: [HeaderChange] {
    guard !isEmpty else { return [] }
    let headers = message.root.headers
    var result: [HeaderChange] = []
    for name in Self.stale {
      // From the last to the first: with Postfix, a deletion renumbers the fields after it.
      for index in stride(from: headers.all(name).count, to: 0, by: -1) {
        result.append(HeaderChange(name: name, index: index, value: nil))
      }
    }
    let before = headers.filter { Self.isAboutContent($0.name) && !Self.isStale($0.name) }
    let changes = Self.changes(from: before, to: finalFields)
    result += changes
    if changes.contains(where: { $0.value != nil }), headers["MIME-Version"] == nil {
      result.append(HeaderChange(name: "MIME-Version", index: 1, value: "1.0"))
    }
    return result
  }

  /// The fields about the content of the message, before attachments were added.
  var contentFields: [MailHeaders.Field] {
    var fields = MailHeaders()
    if case .replaced(let text) = changes[0] {
      for field in text.fields { fields.append(field.name, field.value) }
      return fields.filter { Self.isAboutContent($0.name) }
    }
    var encoding: String?
    if case .content(_, let new) = changes[0], new != message.root.transferEncoding {
      encoding = new.name
    }
    for field in message.root.headers
    where Self.isAboutContent(field.name) && !Self.isStale(field.name) {
      if let new = encoding, ASCII.isSame(field.name, Self.encodingName) {
        fields.append(field.name, new)
        encoding = nil
      } else {
        fields.append(field.name, field.rawValue)
      }
    }
    if let encoding { fields.append(Self.encodingName, encoding) }
    return Array(fields)
  }

  /// The fields about the content of the message, after all changes.
  private var finalFields: [MailHeaders.Field] {
    let fields = contentFields
    guard let (boundary, _, _) = wrapped(innerBody) else { return fields }
    var type = MIMEContentType("multipart", "mixed")
    type.parameters["boundary"] = boundary
    var result = MailHeaders()
    result.append("Content-Type", type.encoded())
    // RFC 2045, 6.4: a multipart declares the encoding if one of its parts is not 7bit.
    if let encoding = fields.first(where: { ASCII.isSame($0.name, Self.encodingName) }),
      [.eightBit, .binary].contains(MIMETransferEncoding(encoding.rawValue))
    {
      result.append(Self.encodingName, encoding.rawValue)
    }
    return Array(result)
  }

  /// Returns the changes from some fields to others; the time depends only on their number.
  private static func changes(
    from old: [MailHeaders.Field], to new: [MailHeaders.Field]
  ) -> [HeaderChange] {
    let (before, after) = (
      Dictionary(grouping: old) { $0.name.lowercased() },
      Dictionary(grouping: new) { $0.name.lowercased() }
    )
    var seen: Set<String> = []
    return (old + new).map { $0.name.lowercased() }.filter { seen.insert($0).inserted }
      .flatMap { key in
        let (before, after) = (before[key] ?? [], after[key] ?? [])
        let deleted = stride(from: before.count, to: after.count, by: -1).map {
          HeaderChange(name: before[$0 - 1].name, index: $0, value: nil)
        }
        return deleted
          + after.enumerated().compactMap { index, field in
            if index < before.count, before[index].rawValue == field.rawValue { return nil }
            let name = index < before.count ? before[index].name : field.name
            let value = String(decoding: field.rawValue, as: UTF8.self)
            return HeaderChange(name: name, index: index + 1, value: value)
          }
      }
  }
}
