/// The header fields of a message, or of a part of it, in order.
///
/// A filter appends the arguments of its `header` callback. ``init(parsing:)`` reads a whole header.
public struct MailHeaders: Sendable, RandomAccessCollection {
  /// A header field.
  public struct Field: Hashable, Sendable {
    /// The name, in the sender's spelling.
    public let name: String
    /// The value's bytes, including the line ends of folding, and without the space after the colon.
    public let rawValue: [UInt8]
    /// The range of the field in the bytes from which it was read, with its line end; empty for a field that
    /// was appended.
    public let range: Range<Int>

    /// The value on one line, without white space at its ends.
    ///
    /// Bytes that are not UTF-8 become U+FFFD.
    public var value: String {
      String(decoding: MailHeaders.unfold(rawValue).trimmed, as: UTF8.self)
    }
  }

  private var fields: [Field] = []

  /// Creates an empty list.
  public init() {}

  /// Reads header fields, up to an empty line or the end.
  ///
  /// A line that is neither a field nor a continuation line is ignored.
  /// - Parameter bytes: Lines that end with CR LF or LF.
  public init(parsing bytes: [UInt8]) { self.init(parsing: bytes[...]) }

  init(parsing bytes: ArraySlice<UInt8>) {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      var end = Self.lineEnd(bytes, from: start)
      if Self.isEmptyLine(bytes[start..<end]) { break }
      while end < bytes.endIndex, bytes[end] == ASCII.space || bytes[end] == ASCII.tab {
        end = Self.lineEnd(bytes, from: end)
      }
      if let colon = bytes[start..<end].firstIndex(of: UInt8(ascii: ":")) {
        let name = bytes[start..<colon].trimmed
        if !name.isEmpty, name.allSatisfy(ASCII.isVisible) {
          var value = bytes[(colon + 1)..<end]
          if value.last == ASCII.lf { value.removeLast() }
          if value.last == ASCII.cr { value.removeLast() }
          if value.first == ASCII.space { value.removeFirst() }
          fields.append(
            Field(
              name: String(decoding: name, as: UTF8.self), rawValue: Array(value),
              range: start..<end))
        }
      }
      start = end
    }
  }

  /// Adds a field after all others.
  ///
  /// - Parameters:
  ///   - name: The name. White space at its ends, as in `From : a@example.org`, is removed.
  ///   - rawValue: The value, folded or not; in `header`, `rawArguments[1]` has its bytes.
  public mutating func append(_ name: String, _ rawValue: some Sequence<UInt8>) {
    let name = String(decoding: name.utf8.trimmed, as: UTF8.self)
    fields.append(Field(name: name, rawValue: Array(rawValue), range: 0..<0))
  }

  /// Adds a field after all others.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value, folded or not.
  public mutating func append(_ name: String, _ value: String) { append(name, value.utf8) }

  /// The first field with a name, regardless of case; see ``Field/value``.
  public subscript(name: String) -> String? { all(name).first?.value }

  /// Returns the fields with a name, regardless of case.
  public func all(_ name: String) -> [Field] { fields.filter { ASCII.isSame($0.name, name) } }

  /// Returns the value of a field on one line, without line ends; other white space stays.
  public static func unfold(_ value: some Sequence<UInt8>) -> [UInt8] {
    value.filter { $0 != ASCII.cr && $0 != ASCII.lf }
  }

  /// Returns the offset after the line that begins at an offset.
  static func lineEnd(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
    bytes[start...].firstIndex(of: ASCII.lf).map { $0 + 1 } ?? bytes.endIndex
  }

  static func isEmptyLine(_ line: ArraySlice<UInt8>) -> Bool {
    line.elementsEqual([ASCII.lf]) || line.elementsEqual(ASCII.crlf)
  }

  /// The index of the first field.
  public var startIndex: Int { fields.startIndex }
  /// The index after the last field.
  public var endIndex: Int { fields.endIndex }
  /// The field at an index.
  public subscript(index: Int) -> Field { fields[index] }
}
