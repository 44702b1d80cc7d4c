/// Divides a body into parts.
struct MIMEParser {
  /// The maximum number of levels; more levels or parts are not divided, because only an attack has them.
  static let deepest = 32
  static let most = 1000

  let bytes: [UInt8]
  /// Whether everything was divided so far, and unambiguously.
  var isComplete: Bool { isDivided && nearDelimiters.allSatisfy(isDelimiterOfAny) }
  private var isDivided = true
  /// The boundaries of the multiparts around the current part, from the outside to the inside.
  private var around: [[UInt8]] = []
  /// The boundaries of all multiparts found so far.
  private var boundaries: Set<[UInt8]> = []
  /// The lines that begin like a delimiter of a multipart around them, but are not its delimiter.
  private var nearDelimiters: [Range<Int>] = []
  private var partsLeft = Self.most
  private var nextNumber = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads a part whose header fields are known.
  mutating func part(
    _ headers: MailHeaders, headerRange: Range<Int>, bodyRange: Range<Int>, place: MIMEPlace,
    defaultType: MIMEContentType = .plainText, depth: Int = 0
  ) -> MIMEPart {
    let number = nextNumber
    nextNumber += 1
    let value = headers.all("Content-Type").first?.rawValue
    // RFC 2045, 5.2: an invalid type also means plain text.
    let type = value.map { MIMEContentType($0) ?? .plainText } ?? defaultType
    let encoding = headers.all("Content-Transfer-Encoding").first.map {
      MIMETransferEncoding($0.rawValue)
    }
    let (parts, frame) = parts(
      of: type, encoding ?? .sevenBit, in: bodyRange, container: number, depth: depth + 1)
    let isEncoded = frame != nil && !dividesAlike(parts, encoding ?? .sevenBit, in: bodyRange)
    let isAmbiguous = isEncoded || MIMEDivision(headers, type).isAmbiguous
    if isAmbiguous { isDivided = false }
    return MIMEPart(
      headers: headers, contentType: type, transferEncoding: encoding ?? .sevenBit,
      headerRange: headerRange, bodyRange: bodyRange, parts: parts, number: number, place: place,
      frame: frame, isAmbiguous: isAmbiguous)
  }

  private mutating func parts(
    of type: MIMEContentType, _ encoding: MIMETransferEncoding, in range: Range<Int>,
    container: Int, depth: Int
  ) -> ([MIMEPart], MIMEFrame?) {
    if type.type == "multipart" {
      var frame = MIMEFrame(boundary: Array((type.parameters["boundary"] ?? "").utf8))
      guard !frame.boundary.isEmpty else { return ([], frame) }
      guard depth <= Self.deepest else {
        (isDivided, frame.isUndivided) = (false, true)
        return ([], frame)
      }
      // RFC 2046, 5.1.5: the parts of a digest are messages, unless they have another type.
      let defaultType: MIMEContentType =
        type.subtype == "digest" ? .init("message", "rfc822") : .plainText
      // Programs may end either of the two at the same line.
      if around.contains(frame.boundary) { isDivided = false }
      around.append(frame.boundary)
      defer { around.removeLast() }
      boundaries.insert(frame.boundary)
      let entries = divide(range, container: container, &frame)
      if frame.isUndivided { isDivided = false }
      let parts = entries.map { entry in
        entity(in: entry.range, place: entry.place, defaultType: defaultType, depth: depth)
      }
      return (parts, frame)
    }
    guard type.is("message", "rfc822"), encoding.isIdentity else { return ([], nil) }
    guard depth <= Self.deepest, partsLeft > 0 else {
      isDivided = false
      return ([], nil)
    }
    partsLeft -= 1
    let place = MIMEPlace(
      container: container, start: range.lowerBound, end: range.upperBound, isDelimited: false)
    return ([entity(in: range, place: place, defaultType: .plainText, depth: depth)], nil)
  }

  /// Reads a part that begins with its header fields.
  private mutating func entity(
    in range: Range<Int>, place: MIMEPlace, defaultType: MIMEContentType, depth: Int
  ) -> MIMEPart {
    let slice = bytes[range]
    var end = range.lowerBound
    var bodyStart = range.upperBound
    while end < range.upperBound {
      let next = MailHeaders.lineEnd(slice, from: end)
      if MailHeaders.isEmptyLine(slice[end..<next]) {
        bodyStart = next
        break
      }
      end = next
    }
    return part(
      MailHeaders(parsing: bytes[range.lowerBound..<end]),
      headerRange: range.lowerBound..<end, bodyRange: bodyStart..<range.upperBound,
      place: place, defaultType: defaultType, depth: depth)
  }

  /// The range of a part between delimiter lines.
  private typealias Entry = (range: Range<Int>, place: MIMEPlace)

  /// Returns the ranges between delimiter lines: RFC 2046, 5.1.1.
  private mutating func divide(
    _ range: Range<Int>, container: Int, _ frame: inout MIMEFrame
  ) -> [Entry] {
    let slice = bytes[range]
    let delimiter = frame.delimiter
    var entries: [Entry] = []
    /// The start of the current part, and of the delimiter before it.
    var open: (delimiter: Int, start: Int)?
    func add(_ end: Int, before next: Int, isDelimited: Bool) {
      guard let (delimiter, start) = open else { return }
      let range = start..<max(start, end)
      // If a delimiter is doubled, or the message ends after one, mail programs display no part.
      guard !bytes[range].allSatisfy(ASCII.isSpace) else { return }
      let place = MIMEPlace(
        container: container, start: delimiter, end: next, isDelimited: isDelimited)
      entries.append((range, place))
      partsLeft -= 1
    }
    var line = range.lowerBound
    while line < range.upperBound {
      let next = MailHeaders.lineEnd(slice, from: line)
      if let isLast = Self.isDelimiter(slice[line..<next], delimiter) {
        frame.hasDelimiter = true
        // The line end before a delimiter belongs to it.
        add(endOfLineBefore(line), before: line, isDelimited: true)
        if isLast {
          frame.closing = line
          // Some programs continue at delimiters after the closing one.
          if MIMEBoundary.isIn(slice[next...], [frame.boundary]) { isDivided = false }
          return entries
        }
        if partsLeft == 0 {
          frame.isUndivided = true
          return entries
        }
        open = (line, next)
      } else if slice[line..<next].starts(with: delimiter) {
        nearDelimiters.append(line..<next)
      }
      line = next
    }
    // The closing delimiter of the multipart is missing.
    add(range.upperBound, before: range.upperBound, isDelimited: false)
    return entries
  }

  /// Returns whether a line is a delimiter, and if so, whether it is the closing one; `nil` for other lines.
  private static func isDelimiter(_ line: ArraySlice<UInt8>, _ delimiter: [UInt8]) -> Bool? {
    guard line.starts(with: delimiter) else { return nil }
    let rest = line.dropFirst(delimiter.count)
    if rest.allSatisfy(ASCII.isSpace) { return false }
    return rest.starts(with: "--".utf8) && rest.dropFirst(2).allSatisfy(ASCII.isSpace) ? true : nil
  }

  /// Whether a line is a delimiter of any multipart of the message.
  ///
  /// According to RFC 2046, 5.1.1, programs check only the start of a line. Few programs do.
  private func isDelimiterOfAny(_ line: Range<Int>) -> Bool {
    let text = bytes[line].dropFirst(2)
    let boundary = text.prefix(text.count - text.reversed().prefix(while: ASCII.isSpace).count)
    return boundaries.contains(Array(boundary))
      || boundary.suffix(2).elementsEqual("--".utf8)
        && boundaries.contains(Array(boundary.dropLast(2)))
  }

  /// Whether a program that decodes a multipart before dividing it finds the same parts.
  ///
  /// The standards do not allow an encoded multipart. Mail that declares an encoding, but is not encoded, is
  /// common.
  private func dividesAlike(
    _ parts: [MIMEPart], _ encoding: MIMETransferEncoding, in range: Range<Int>
  ) -> Bool {
    if encoding.isIdentity { return true }
    guard encoding == .quotedPrintable, let decoded = encoding.decode(bytes[range]) else {
      return false
    }
    return Self.likeDelimiters(decoded[...]) == Self.likeDelimiters(bytes[range])
      && parts.flatMap(\.all).allSatisfy { part in
        let headers = bytes[part.headerRange]
        return encoding.decode(headers).map { $0.elementsEqual(headers) } ?? false
      }
  }

  /// Returns the lines that begin with two hyphens.
  private static func likeDelimiters(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var line = text.startIndex
    while line < text.endIndex {
      let next = MailHeaders.lineEnd(text, from: line)
      if text[line..<next].starts(with: "--".utf8) { lines.append(text[line..<next]) }
      line = next
    }
    return lines
  }

  private func endOfLineBefore(_ line: Int) -> Int {
    var end = line
    if end > 0, bytes[end - 1] == ASCII.lf { end -= 1 }
    if end > 0, end < line, bytes[end - 1] == ASCII.cr { end -= 1 }
    return end
  }
}

extension MIMETransferEncoding {
  /// Whether the content is not encoded.
  var isIdentity: Bool { self == .sevenBit || self == .eightBit || self == .binary }
}
