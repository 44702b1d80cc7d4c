/// The bytes of an entity: its header fields and its body.
struct MIMEEntityText {
  /// A header field, folded with LF.
  typealias Field = (name: String, value: String)

  /// The header fields.
  let fields: [Field]
  /// The bytes after the empty line.
  let body: [UInt8]

  /// Writes an entity.
  ///
  /// - Parameters:
  ///   - entity: The entity.
  ///   - boundaries: The boundaries of the multiparts around it.
  /// - Throws: ``MIMEEditError`` if the entity cannot be written there.
  init(_ entity: MIMEEntity, in boundaries: [[UInt8]]) throws(MIMEEditError) {
    var type = entity.contentType
    var encoding: MIMETransferEncoding?
    switch entity.body {
    case .content(let content):
      guard type.type != "multipart" else { throw MIMEEditError(.composite) }
      (body, encoding) = try Self.encode(content, nil, of: type, in: boundaries)
    case .parts(let parts):
      type.type = "multipart"
      var texts: [[UInt8]] = []
      for part in parts.isEmpty ? [MIMEEntity(text: "")] : parts {
        texts.append(try Self(part, in: boundaries).bytes)
      }
      let boundary = MIMEBoundary.unused(in: texts + boundaries)
      type.parameters["boundary"] = boundary
      body = Self.multipart(texts, boundary)
      if body.contains(where: { $0 >= 0x80 }) { encoding = .eightBit }
    }
    var fields = [Field(name: "Content-Type", value: type.encoded())]
    if let encoding, encoding != .sevenBit {
      fields.append((name: "Content-Transfer-Encoding", value: encoding.name))
    }
    if let disposition = entity.disposition {
      fields.append((name: "Content-Disposition", value: disposition.encoded()))
    }
    let names = [type.type, type.subtype] + type.parameters.names
    let more = entity.disposition.map { [$0.type] + $0.parameters.names } ?? []
    guard (names + more).allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isToken) }) else {
      throw MIMEEditError(.invalidField)
    }
    for field in entity.fields {
      guard let value = Self.value(field.rawValue), Self.isName(field.name) else {
        throw MIMEEditError(.invalidField)
      }
      fields.append((field.name, value))
    }
    self.fields = fields
    if MIMEBoundary.isIn(bytes[...], boundaries) { throw MIMEEditError(.delimiterInContent) }
  }

  /// The whole part.
  var bytes: [UInt8] { Self.header(fields) + ASCII.crlf + body }

  /// Returns header fields as they are written in a message.
  static func header(_ fields: [Field]) -> [UInt8] {
    fields.flatMap { field in
      Array("\(field.name): ".utf8)
        + field.value.utf8.flatMap { $0 == ASCII.lf ? ASCII.crlf : [$0] } + ASCII.crlf
    }
  }

  /// Returns the bytes of a multipart.
  static func multipart(_ parts: [[UInt8]], _ boundary: String) -> [UInt8] {
    parts.flatMap { Array("--\(boundary)\r\n".utf8) + $0 + ASCII.crlf }
      + Array("--\(boundary)--\r\n".utf8)
  }

  /// Encodes content in its present transfer encoding if possible, otherwise in another one.
  static func encode(
    _ content: [UInt8], _ present: MIMETransferEncoding?, of type: MIMEContentType,
    in boundaries: [[UInt8]]
  ) throws(MIMEEditError) -> ([UInt8], MIMETransferEncoding) {
    // Few MTAs pass on `binary` content unchanged: RFC 3030.
    let present = present == .binary ? nil : present
    let candidates: [MIMETransferEncoding] =
      switch type.type {
      // RFC 2046, 5.2: a message is not encoded.
      case "message": present.map { [$0] } ?? [.sevenBit, .eightBit]
      case "text": [present ?? .sevenBit, .quotedPrintable, .base64]
      default: [present ?? .base64, .base64]
      }
    var isDelimiter = false
    for encoding in candidates {
      guard let encoded = encoding.encode(content) else { continue }
      if !MIMEBoundary.isIn(encoded[...], boundaries) { return (encoded, encoding) }
      isDelimiter = true
    }
    throw MIMEEditError(isDelimiter ? .delimiterInContent : .notEncodable)
  }

  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { ASCII.isVisible($0) && $0 != UInt8(ascii: ":") }
  }

  /// Returns a value with LF for each line end; `nil` if it would end the field.
  static func value(_ raw: [UInt8]) -> String? {
    var result: [UInt8] = []
    for (index, byte) in raw.enumerated() {
      switch byte {
      case 0: return nil
      case ASCII.cr where index + 1 < raw.count && raw[index + 1] == ASCII.lf: continue
      case ASCII.cr: return nil
      case ASCII.lf:
        guard index + 1 < raw.count, raw[index + 1] == ASCII.space || raw[index + 1] == ASCII.tab
        else { return nil }
      default: break
      }
      result.append(byte)
    }
    return String(validating: result, as: UTF8.self)
  }
}
