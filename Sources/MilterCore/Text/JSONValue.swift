/// A value of JSON, written on one line.
package indirect enum JSONValue: Sendable, CustomStringConvertible {
  case string(String)
  case number(Int)
  case bool(Bool)
  case null
  case array([JSONValue])
  /// The members are written in order.
  case object([(String, JSONValue)])

  /// Creates text from bytes; bytes that are not UTF-8 become `\x80`.
  package static func text(_ bytes: [UInt8]) -> Self {
    if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
    var text = ""
    var place = 0
    var parser = Unicode.UTF8.ForwardParser()
    var input = bytes.makeIterator()
    while place < bytes.count {
      switch parser.parseScalar(from: &input) {
      case .valid(let encoded):
        text.unicodeScalars.append(UTF8.decode(encoded))
        place += encoded.count
      case .error(let length):
        text += bytes[place...].prefix(length).map(VisibleText.hexadecimal).joined()
        place += length
      case .emptyInput: place = bytes.count
      }
    }
    return .string(text)
  }

  /// Creates a list of texts from bytes.
  package static func texts(_ list: [[UInt8]]) -> Self { .array(list.map(text)) }

  /// The value as JSON.
  package var description: String {
    switch self {
    case .string(let text): Self.quoted(text)
    case .number(let number): "\(number)"
    case .bool(let bool): "\(bool)"
    case .null: "null"
    case .array(let values): "[" + values.map(\.description).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0) + ":" + $1.description }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      // JSON allows characters beyond ASCII that are unsafe on a terminal.
      case _ where scalar.isMisleading:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
