extension MTAMessage {
  /// Reads a message from the bytes of a file; all bytes are valid.
  ///
  /// Lines end with CR LF or LF. A single CR does not end a line. A byte order mark and mbox's `From ` line at
  /// the top are kept in the preamble. The header ends at an empty line or, as in MTAs, before the first line
  /// that is neither a header field nor a continuation line. That line begins the body.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - keepsLineEnds: Whether line ends are left as they are, for a filter to see what an MTA shows that
  ///     lets all line ends pass. The body has the file's bytes. If CR LF CR LF ends the header fields,
  ///     only CR LF ends each field, and any other CR or LF is part of a value.
  public init(eml bytes: [UInt8], keepsLineEnds: Bool = false) {
    self.init()
    hasBlankLine = false
    var reader = EMLReader(bytes: bytes)
    readPreamble(&reader)
    reader.needsCRLF = keepsLineEnds && reader.hasEmptyWireLine
    readHeaders(&reader)
    if keepsLineEnds {
      body = Array(bytes[reader.next...])
    } else {
      readBody(&reader)
    }
  }

  private mutating func readPreamble(_ reader: inout EMLReader) {
    if reader.skip([0xEF, 0xBB, 0xBF]) { preamble = [0xEF, 0xBB, 0xBF] }
    guard let first = reader.line(), EMLReader.isMailboxSeparator(first.content),
      EMLReader.header(first.content) == nil
    else { return }
    preamble += first.content + Self.lineEnd
    reader.next = first.end
  }

  private mutating func readHeaders(_ reader: inout EMLReader) {
    while let line = reader.line() {
      if line.content.isEmpty {
        hasBlankLine = true
        reader.next = line.end
        return
      }
      if line.content.first == 0x20 || line.content.first == 0x09, !headers.isEmpty {
        headers[headers.count - 1].value.append(0x0A)
        headers[headers.count - 1].value += line.content
      } else if let header = EMLReader.header(line.content) {
        headers.append(header)
      } else {
        return
      }
      reader.next = line.end
    }
  }

  private mutating func readBody(_ reader: inout EMLReader) {
    body.reserveCapacity(reader.bytes.count - reader.next)
    while let line = reader.line() {
      body += line.content
      body += Self.lineEnd
      reader.next = line.end
    }
  }
}
