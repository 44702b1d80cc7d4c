import MilterSystem

/// The notation of Postfix's files: logical lines, lists, braces, and assignments.
enum PostfixText {
  /// A mistake that Postfix refuses, in the words of its log.
  struct Mistake: Error, Hashable, CustomStringConvertible {
    let description: String
  }

  /// Returns a file's logical lines: a line that begins with white space continues the previous one.
  ///
  /// Comments and empty lines are ignored, even between the two.
  static func lines(of file: String) throws -> [String] {
    let bytes = try FileContents.read(file)
    var lines: [String] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let first = line.first(where: { !isSpace($0) }), first != UInt8(ascii: "#") else {
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      if isSpace(line[line.startIndex]), let last = lines.indices.last {
        lines[last] += text
      } else {
        lines.append(text)
      }
    }
    return lines
  }

  /// Splits `name = value`.
  static func assignment(
    _ text: some StringProtocol
  ) throws(Mistake) -> (name: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = trimmed(Substring(parts.first ?? ""))
    guard !name.isEmpty else { throw Mistake(description: "missing attribute name") }
    // Text after a space does not belong to the name.
    guard parts.count == 2, !name.contains(where: \.isWhitespace) else {
      throw Mistake(description: "missing '=' after attribute name: \"\(name)\"")
    }
    return (name, trimmed(Substring(parts[1])))
  }

  /// Splits a list, except in braces.
  ///
  /// - Parameters:
  ///   - text: The list.
  ///   - isComma: Whether commas also separate parts.
  /// - Returns: The parts that are not empty.
  static func fields(_ text: some StringProtocol, commas isComma: Bool = true) -> [String] {
    var fields: [String] = []
    var field = ""
    var depth = 0
    for character in text {
      if depth == 0, isComma && character == "," || character.isWhitespace {
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

  /// Returns the trimmed text inside of the braces around a field; a field without braces is returned
  /// unchanged.
  static func unbraced(_ field: String) throws(Mistake) -> String {
    guard field.hasPrefix("{") else { return field }
    var rest = field[...]
    let inside = try bracketed(&rest)
    guard rest.isEmpty else {
      throw Mistake(description: "syntax error after '}' in \"\(field)\"")
    }
    return trimmed(inside)
  }

  /// Reads a part in braces or parentheses from the start of a text.
  ///
  /// - Returns: The text inside.
  static func bracketed(_ text: inout Substring) throws(Mistake) -> Substring {
    let first = text.first
    let last: Character = first == "(" ? ")" : "}"
    var depth = 0
    for index in text.indices {
      if text[index] == first { depth += 1 }
      if text[index] == last { depth -= 1 }
      if depth == 0 {
        defer { text = text[index...].dropFirst() }
        return text[..<index].dropFirst()
      }
    }
    throw Mistake(description: "missing '\(last)' in \"\(text)\"")
  }

  /// Returns the text without white space at its ends.
  static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}
