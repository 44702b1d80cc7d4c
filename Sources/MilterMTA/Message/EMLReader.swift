/// Divides a file into lines, in linear time.
struct EMLReader {
  /// The file.
  let bytes: [UInt8]
  /// The index where the next line begins.
  var next = 0
  /// Whether only CR LF ends a line, as on the wire.
  var needsCRLF = false

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Skips bytes if they come next.
  mutating func skip(_ expected: [UInt8]) -> Bool {
    guard bytes[next...].starts(with: expected) else { return false }
    next += expected.count
    return true
  }

  /// Returns the next line without its end, and the index of the line after it; `nil` at the end of the file.
  func line() -> (content: ArraySlice<UInt8>, end: Int)? {
    guard next < bytes.count else { return nil }
    guard let lineFeed = lineFeed() else { return (bytes[next...], bytes.count) }
    let content = bytes[next..<lineFeed]
    return (content.last == 0x0D ? content.dropLast() : content, lineFeed + 1)
  }

  /// The index of the LF that ends the next line.
  private func lineFeed() -> Int? {
    var found = bytes[next...].firstIndex(of: 0x0A)
    while needsCRLF, let index = found, index == next || bytes[index - 1] != 0x0D {
      found = bytes[(index + 1)...].firstIndex(of: 0x0A)
    }
    return found
  }

  /// Whether an empty line comes that CR LF ends, with CR LF before it.
  var hasEmptyWireLine: Bool {
    let rest = bytes[next...]
    return rest.starts(with: [0x0D, 0x0A]) || rest.contains([0x0D, 0x0A, 0x0D, 0x0A])
  }

  /// Whether a line is the one that mbox files, and some mail stores, have before a message.
  static func isMailboxSeparator(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "From ".utf8) || line.starts(with: ">From ".utf8)
  }

  /// Returns the header field that begins in a line; `nil` if no field begins there.
  ///
  /// As in Postfix and Sendmail, white space is allowed between name and colon.
  static func header(_ line: ArraySlice<UInt8>) -> MTAHeader? {
    let name = line.prefix { 0x21...0x7E ~= $0 && $0 != 0x3A }
    var rest = line[name.endIndex...].drop { $0 == 0x20 || $0 == 0x09 }
    guard !name.isEmpty, rest.first == 0x3A else { return nil }
    rest = rest.dropFirst()
    if rest.first == 0x20 { rest = rest.dropFirst() }
    return MTAHeader(
      name: Array(name), separator: Array(line[name.endIndex..<rest.startIndex]),
      value: Array(rest))
  }
}
