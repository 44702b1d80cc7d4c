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
  package static func text(_ bytes: [UInt8]) -> Self { .string(VisibleText.decoded(bytes)) }

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
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
