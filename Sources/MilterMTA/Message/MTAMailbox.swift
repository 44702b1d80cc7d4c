/// The messages of an mbox file, one after the other.
///
/// A message begins with a line `From …` at the start of the file or after an empty line. In the lines of a
/// message, one `>` before `From ` is removed, as in the format mboxrd.
public struct MTAMailbox: Sequence, IteratorProtocol, Sendable {
  private var reader: EMLReader
  private let keepsLineEnds: Bool

  /// Reads the bytes of a file; `nil` if it does not begin like an mbox file.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - keepsLineEnds: Whether the line ends of the messages are left as they are, as by
  ///     ``MTAMessage/init(eml:keepsLineEnds:)``.
  public init?(mbox bytes: [UInt8], keepsLineEnds: Bool = false) {
    self.keepsLineEnds = keepsLineEnds
    reader = EMLReader(bytes: bytes)
    guard let first = reader.line()?.content, Self.isSeparator(first) else { return nil }
  }

  /// Returns the next message, with its `From ` line in ``MTAMessage/preamble``; `nil` after the last one.
  public mutating func next() -> MTAMessage? {
    guard let first = reader.line() else { return nil }
    var bytes = Array(reader.bytes[reader.next..<first.end])
    reader.next = first.end
    while let line = reader.line() {
      // The empty line belongs to the separator, not to the message.
      if line.content.isEmpty, isSeparator(at: line.end) {
        reader.next = line.end
        break
      }
      var content = reader.bytes[reader.next..<line.end]
      if Self.isQuoted(content) { content = content.dropFirst() }
      bytes += content
      reader.next = line.end
    }
    return MTAMessage(eml: bytes, keepsLineEnds: keepsLineEnds)
  }

  private func isSeparator(at place: Int) -> Bool {
    var reader = reader
    reader.next = place
    return reader.line().map { Self.isSeparator($0.content) } ?? false
  }

  private static func isSeparator(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "From ".utf8) && EMLReader.header(line) == nil
  }

  private static func isQuoted(_ line: ArraySlice<UInt8>) -> Bool {
    let bare = line.drop { $0 == UInt8(ascii: ">") }
    return bare.startIndex > line.startIndex && bare.starts(with: "From ".utf8)
  }
}
