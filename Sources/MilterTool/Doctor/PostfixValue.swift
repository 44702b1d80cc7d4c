/// The notations inside of Postfix's parameters.
enum PostfixValue {
  /// Values refer to each other no deeper than this; Postfix has a limit, too.
  private static let deepest = 50

  /// Replaces `$name`, `$(name)`, `${name}`, `${name?text}` and `${name:text}`.
  ///
  /// - Parameters:
  ///   - text: the value.
  ///   - depth: how many values refer to this one.
  ///   - look: finds a parameter's value as it is written.
  /// - Returns: the value with the names in it replaced.
  static func expand(_ text: String, depth: Int = 0, _ look: (String) -> String?) -> String {
    guard depth < deepest else { return "" }
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      guard let reference = reference(&rest) else {
        result += "$"
        continue
      }
      if reference == "$" {
        result += "$"
        continue
      }
      let name = reference.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      let value = look(String(name)).map { expand($0, depth: depth + 1, look) } ?? ""
      let tail = reference[name.endIndex...]
      switch tail.first {
      case "?":
        if !value.isEmpty {
          result += expand(unbraced(String(tail.dropFirst())), depth: depth + 1, look)
        }
      case ":":
        result +=
          value.isEmpty
          ? expand(unbraced(String(tail.dropFirst())), depth: depth + 1, look) : value
      default: result += value
      }
    }
    return result + rest
  }

  /// Takes what stands behind a dollar sign.
  private static func reference(_ rest: inout Substring) -> Substring? {
    guard let first = rest.first else { return nil }
    if first == "$" {
      defer { rest = rest.dropFirst() }
      return rest.prefix(1)
    }
    let ends: [Character: Character] = ["{": "}", "(": ")"]
    guard let end = ends[first] else {
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      rest = rest[name.endIndex...]
      return name.isEmpty ? nil : name
    }
    var depth = 0
    for index in rest.indices {
      if rest[index] == first { depth += 1 }
      if rest[index] == end { depth -= 1 }
      if depth == 0 {
        defer { rest = rest[rest.index(after: index)...] }
        return rest[rest.index(after: rest.startIndex)..<index]
      }
    }
    return nil
  }

  /// The parts of a list, separated by blanks and commas; what is in braces is one part.
  static func fields(_ text: String) -> [String] {
    var fields: [String] = []
    var field = ""
    var depth = 0
    for character in text {
      if depth == 0, character == "," || character.isWhitespace {
        if !field.isEmpty { fields.append(field) }
        field = ""
        continue
      }
      if character == "{" { depth += 1 }
      if character == "}" { depth = max(0, depth - 1) }
      field.append(character)
    }
    return field.isEmpty ? fields : fields + [field]
  }

  /// What is inside of braces, if there are any.
  static func unbraced(_ text: String) -> String {
    let text = trimmed(text[...])
    guard text.hasPrefix("{"), text.hasSuffix("}") else { return text }
    return trimmed(text.dropFirst().dropLast())
  }

  /// The text without the blanks around it.
  static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
