/// A message whose 8-bit content becomes quoted-printable, as with Postfix's
/// `force_mime_input_conversion`.
///
/// Only the parts are converted whose `Content-Transfer-Encoding` is 8bit or binary. The field that claims
/// it is replaced by one at the end of their header.
struct EightBitConversion {
  /// Postfix breaks a line when the next character could make it longer than this.
  private static let lineLimit = 72

  /// The message after the conversion.
  private(set) var message: MTAMessage
  private var part = MIMEPart()
  private var boundaries = MIMEBoundaries()
  private var output: [UInt8] = []
  /// Whether the next lines are a header.
  private var isInHeader = false
  /// The lines of the header field in progress.
  private var field: [ArraySlice<UInt8>] = []

  init(_ message: MTAMessage) {
    self.message = message
    self.message.headers = []
    for header in message.headers where note(header) { self.message.headers.append(header) }
    if let encoding = part.convertedEncoding {
      self.message.headers.append(MTAHeader(Self.fieldName, encoding))
    }
    if message.hasBlankLine { endHeader(by: []) }
    for line in Self.lines(message.body) { take(line) }
    if isInHeader { finishHeader() }
    let isEnded = message.body.last == 0x0A
    self.message.body = isEnded || output.isEmpty ? output : output.dropLast(2)
  }

  private static let fieldName = "Content-Transfer-Encoding"

  /// Takes notice of a header field; returns whether it stays.
  private mutating func note(_ header: MTAHeader) -> Bool {
    if header.isNamed("Content-Type".utf8) {
      part.take(contentType: header.value, &boundaries)
    } else if header.isNamed(Self.fieldName.utf8) {
      part.take(encoding: header.value)
      return part.convertedEncoding == nil
    }
    return true
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    guard isInHeader else { return takeBody(line) }
    if !field.isEmpty, line.first == 0x20 || line.first == 0x09 { return field.append(line) }
    endField()
    if EMLReader.header(line) != nil { return field = [line] }
    finishHeader()
    endHeader(by: line)
    takeBody(line)
  }

  private mutating func endField() {
    guard let first = field.first, var header = EMLReader.header(first) else { return }
    for line in field.dropFirst() { header.value += [0x0A] + line }
    if note(header) {
      // White space before the colon is dropped.
      write(header.name + first.dropFirst(header.name.count).drop { $0 != 0x3A })
      for line in field.dropFirst() { write(line) }
    }
    field = []
  }

  /// Writes what is left of the header of a part.
  private mutating func finishHeader() {
    endField()
    if let encoding = part.convertedEncoding { write("\(Self.fieldName): \(encoding)".utf8) }
    isInHeader = false
  }

  /// Goes on to what follows a header: a body, or another header.
  private mutating func endHeader(by line: ArraySlice<UInt8>) {
    guard line.isEmpty else { return }
    if part.holdsMessage {
      part = MIMEPart()
      isInHeader = true
    } else if part.kind == .multipart {
      part = MIMEPart(kind: .other)
    }
  }

  private mutating func takeBody(_ line: ArraySlice<UInt8>) {
    if let next = boundaries.part(after: line) {
      part = next.part
      isInHeader = !next.isEpilogue
    }
    if part.is8Bit { encode(line) } else { write(line) }
  }

  private mutating func encode(_ line: ArraySlice<UInt8>) {
    var text: [UInt8] = []
    for byte in line {
      if text.count > Self.lineLimit {
        write(text + [UInt8(ascii: "=")])
        text = []
      }
      let isPlain = 0x20...0x7E ~= byte && byte != UInt8(ascii: "=") || byte == 0x09
      text += isPlain ? [byte] : Self.encoded(byte)
    }
    if let last = text.last, last == 0x20 || last == 0x09 {
      text = text.dropLast() + Self.encoded(last)
    }
    write(text)
  }

  private static func encoded(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  private mutating func write(_ line: some Collection<UInt8>) {
    output += line
    output += MTAMessage.lineEnd
  }

  /// The lines without their ends.
  private static func lines(_ body: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines = body.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { $0.last == 0x0D ? $0.dropLast() : $0 }
  }
}
