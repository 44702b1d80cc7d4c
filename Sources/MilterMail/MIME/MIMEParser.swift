/// Divides a body into parts.
struct MIMEParser {
  /// Parts that lie deeper, or come later, are left undivided: more is no mail but an attack.
  static let deepest = 32
  static let most = 1000

  let bytes: [UInt8]
  private var partsLeft = Self.most

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// A part whose header fields are known.
  mutating func part(
    _ headers: MailHeaders, headerRange: Range<Int>, bodyRange: Range<Int>,
    defaultType: MIMEContentType = .plainText, depth: Int = 0
  ) -> MIMEPart {
    let value = headers.all("Content-Type").first?.rawValue
    // RFC 2045, 5.2: what cannot be read is plain text, too.
    let type = value.map { MIMEContentType($0) ?? .plainText } ?? defaultType
    let encoding = headers.all("Content-Transfer-Encoding").first.map {
      MIMETransferEncoding($0.rawValue)
    }
    return MIMEPart(
      headers: headers, contentType: type, transferEncoding: encoding ?? .sevenBit,
      headerRange: headerRange, bodyRange: bodyRange,
      parts: parts(of: type, encoding ?? .sevenBit, in: bodyRange, depth: depth + 1))
  }

  private mutating func parts(
    of type: MIMEContentType, _ encoding: MIMETransferEncoding, in range: Range<Int>, depth: Int
  ) -> [MIMEPart] {
    guard depth <= Self.deepest else { return [] }
    if type.type == "multipart", let boundary = type.parameters["boundary"], !boundary.isEmpty {
      // RFC 2046, 5.1.5: the parts of a digest are messages unless they say otherwise.
      let defaultType: MIMEContentType =
        type.subtype == "digest" ? .init("message", "rfc822") : .plainText
      return divide(range, at: Array("--".utf8) + boundary.utf8).map {
        entity(in: $0, defaultType: defaultType, depth: depth)
      }
    }
    if type.is("message", "rfc822"), encoding.isIdentity, partsLeft > 0 {
      partsLeft -= 1
      return [entity(in: range, defaultType: .plainText, depth: depth)]
    }
    return []
  }

  /// A part that begins with its header fields.
  private mutating func entity(
    in range: Range<Int>, defaultType: MIMEContentType, depth: Int
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
      defaultType: defaultType, depth: depth)
  }

  /// The ranges between delimiter lines: RFC 2046, 5.1.1.
  private mutating func divide(_ range: Range<Int>, at delimiter: [UInt8]) -> [Range<Int>] {
    let slice = bytes[range]
    var ranges: [Range<Int>] = []
    var partStart: Int?
    var line = range.lowerBound
    while line < range.upperBound {
      let next = MailHeaders.lineEnd(slice, from: line)
      if let isLast = Self.isDelimiter(slice[line..<next], delimiter) {
        // The line end before a delimiter belongs to it.
        if let start = partStart { add(start..<max(start, endOfLineBefore(line)), to: &ranges) }
        partStart = isLast || partsLeft == 0 ? nil : next
        if partStart == nil { return ranges }
      }
      line = next
    }
    // A multipart that was cut short.
    if let partStart { add(partStart..<range.upperBound, to: &ranges) }
    return ranges
  }

  /// Adds a part's range, unless nothing stands there: where a delimiter is doubled, or the message
  /// was cut after one, no reader shows a part.
  private mutating func add(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
    guard !bytes[range].allSatisfy(ASCII.isSpace) else { return }
    ranges.append(range)
    partsLeft -= 1
  }

  /// Whether a line is a delimiter, and if so, the closing one; nil if it is none.
  private static func isDelimiter(_ line: ArraySlice<UInt8>, _ delimiter: [UInt8]) -> Bool? {
    guard line.starts(with: delimiter) else { return nil }
    let rest = line.dropFirst(delimiter.count)
    if rest.allSatisfy(ASCII.isSpace) { return false }
    return rest.starts(with: "--".utf8) && rest.dropFirst(2).allSatisfy(ASCII.isSpace) ? true : nil
  }

  private func endOfLineBefore(_ line: Int) -> Int {
    var end = line
    if end > 0, bytes[end - 1] == ASCII.lf { end -= 1 }
    if end > 0, end < line, bytes[end - 1] == ASCII.cr { end -= 1 }
    return end
  }
}

extension MIMETransferEncoding {
  /// Whether the content stands there as it is.
  fileprivate var isIdentity: Bool { self == .sevenBit || self == .eightBit || self == .binary }
}
