/// A header field of a queued message, byte for byte.
public struct QueuedHeader: Equatable, CustomStringConvertible, Sendable {
  /// The text before the colon.
  public let name: String
  /// The bytes after the colon, including the leading space and folds, without the last line end.
  public let rawValue: [UInt8]

  /// Creates a field from its parts.
  public init(_ name: String, rawValue: [UInt8]) {
    self.name = name
    self.rawValue = rawValue
  }

  /// Creates a field from the texts before and after the colon.
  public init(_ name: String, _ rawValue: String) {
    self.init(name, rawValue: Array(rawValue.utf8))
  }

  /// The value as text, without the single space after the colon.
  public var value: String {
    String(decoding: rawValue.first == 0x20 ? rawValue.dropFirst() : rawValue[...], as: UTF8.self)
  }

  /// The field as it is in a message.
  public var description: String { "\(name):" + String(decoding: rawValue, as: UTF8.self) }

  /// Returns the fields in the lines of a header; a line that begins with white space continues a field.
  package static func parse(_ lines: [ArraySlice<UInt8>]) throws(RealMTAError) -> [QueuedHeader] {
    var fields: [QueuedHeader] = []
    for line in lines {
      let line = line.last == 0x0a ? line.dropLast() : line
      if line.first == 0x20 || line.first == 0x09, let field = fields.popLast() {
        fields.append(QueuedHeader(field.name, rawValue: field.rawValue + [0x0a] + line))
      } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
        let name = String(decoding: line[..<colon], as: UTF8.self)
        fields.append(QueuedHeader(name, rawValue: Array(line[(colon + 1)...])))
      } else {
        throw RealMTAError(
          .unexpectedOutput, "no header field: \(String(decoding: line, as: UTF8.self))")
      }
    }
    return fields
  }
}
