/// The header fields of a message, or of a part of it, in their order.
///
/// A filter appends what its `header` callback is given; ``init(parsing:)`` reads a whole block.
public struct MailHeaders: Sendable, RandomAccessCollection {
  /// A header field.
  public struct Field: Hashable, Sendable {
    /// The name, in the sender's spelling.
    public let name: String
    /// The value's bytes with the line ends it is folded with, without the space after the colon.
    public let rawValue: [UInt8]
    /// The range of the field in the bytes that it was read from, with its line end; empty for a field
    /// that was appended.
    public let range: Range<Int>

    /// The value on one line, without white space at its ends.
    ///
    /// Bytes that are not UTF-8 become U+FFFD.
    public var value: String {
      String(decoding: MailHeaders.unfold(rawValue).trimmed, as: UTF8.self)
    }
  }

  private var fields: [Field] = []

  /// Makes an empty list.
  public init() {}

  /// Reads header fields, up to an empty line or the end.
  ///
  /// A line that is no field and continues none is left out.
  /// - Parameter bytes: lines ended by CR LF or LF.
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
        if !name.isEmpty, name.allSatisfy({ 0x21...0x7E ~= $0 }) {
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

  /// Adds a field after the others.
  ///
  /// - Parameters:
  ///   - name: the name. White space at its ends, as in `From : a@example.org`, is dropped.
  ///   - rawValue: the value, folded or not; in `header`, `rawArguments[1]` has its bytes.
  public mutating func append(_ name: String, _ rawValue: some Sequence<UInt8>) {
    let name = String(decoding: name.utf8.trimmed, as: UTF8.self)
    fields.append(Field(name: name, rawValue: Array(rawValue), range: 0..<0))
  }

  /// Adds a field after the others.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - value: the value, folded or not.
  public mutating func append(_ name: String, _ value: String) { append(name, value.utf8) }

  /// The first field of a name, which may be written in any case; see ``Field/value``.
  public subscript(name: String) -> String? { all(name).first?.value }

  /// The fields of a name, which may be written in any case.
  public func all(_ name: String) -> [Field] { fields.filter { ASCII.isSame($0.name, name) } }

  /// The value of a field on one line: its line ends are taken out, its other space stays.
  public static func unfold(_ value: some Sequence<UInt8>) -> [UInt8] {
    value.filter { $0 != ASCII.cr && $0 != ASCII.lf }
  }

  /// The offset after the line that starts at another.
  static func lineEnd(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
    bytes[start...].firstIndex(of: ASCII.lf).map { $0 + 1 } ?? bytes.endIndex
  }

  static func isEmptyLine(_ line: ArraySlice<UInt8>) -> Bool {
    line.elementsEqual([ASCII.lf]) || line.elementsEqual(ASCII.crlf)
  }

  /// The place of the first field.
  public var startIndex: Int { fields.startIndex }
  /// The place after the last field.
  public var endIndex: Int { fields.endIndex }
  /// The field at a place.
  public subscript(index: Int) -> Field { fields[index] }
}
