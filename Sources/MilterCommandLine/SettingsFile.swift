import MilterSystem

/// A configuration file: lines of the form `key = value`.
///
/// `#` at the start of a line or after a space begins a comment. A value in double quotes may contain `#`; in
/// it, `\"` and `\\` mean a quote and a backslash. For an option without an argument, the key alone is enough.
package struct SettingsFile: Sendable {
  /// A setting in a line.
  struct Entry: Equatable {
    let key: String
    /// The text after `=`; `nil` without `=`.
    let value: String?
    let line: Int
  }

  let path: String
  let entries: [Entry]

  /// Reads a file.
  ///
  /// - Throws: ``ConfigurationError`` if the file cannot be read, or has a mistake.
  package init(_ path: String) throws(ConfigurationError) {
    let bytes: [UInt8]
    do {
      bytes = try FileContents.read(path)
    } catch {
      throw ConfigurationError("\(error)")
    }
    try self.init(bytes, from: path)
  }

  /// Reads the contents of a file.
  init(_ bytes: [UInt8], from path: String) throws(ConfigurationError) {
    var entries: [Entry] = []
    var number = 0
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      guard let text = String(validating: line, as: UTF8.self), !text.utf8.contains(0) else {
        throw ConfigurationError("\(path):\(number): not UTF-8 text")
      }
      do {
        if let entry = try Self.entry(text[...].trimmed, number) { entries.append(entry) }
      } catch {
        throw ConfigurationError("\(path):\(number): \(error)")
      }
    }
    self.path = path
    self.entries = entries
  }

  private static func entry(_ text: Substring, _ line: Int) throws(UsageError) -> Entry? {
    guard let end = text.firstIndex(where: { $0 == "=" || $0 == "#" }), text[end] == "=" else {
      let key = withoutComment(text)
      return key.isEmpty ? nil : Entry(key: String(key), value: nil, line: line)
    }
    let key = text[..<end].trimmed
    guard !key.isEmpty else { throw UsageError("no key before =; write KEY = VALUE") }
    let value = try value(text[text.index(after: end)...].trimmed, of: key)
    return Entry(key: String(key), value: value, line: line)
  }

  private static func value(_ text: Substring, of key: Substring) throws(UsageError) -> String {
    guard text.first == "\"" else { return String(withoutComment(text)) }
    var value = ""
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      switch character {
      case "\"":
        guard withoutComment(rest.trimmed).isEmpty else {
          throw UsageError("\(key): text follows the closing quote")
        }
        return value
      case "\\":
        guard let escaped = rest.popFirst(), escaped == "\"" || escaped == "\\" else {
          throw UsageError("\(key): in quotes write \\\\ for a backslash and \\\" for a quote")
        }
        value.append(escaped)
      default: value.append(character)
      }
    }
    throw UsageError("\(key): the closing quote is missing")
  }

  private static func withoutComment(_ text: Substring) -> Substring {
    var former: Character = " "
    for index in text.indices {
      if text[index] == "#", former.isWhitespace { return text[..<index].trimmed }
      former = text[index]
    }
    return text
  }

  /// Returns a value as it is written in a file.
  static func written(_ value: String) -> String {
    let isPlain =
      !value.isEmpty && value.first != "\"" && value[...].trimmed.count == value.count
      && withoutComment(value[...]).count == value.count
    if isPlain { return value }
    let escaped = value.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
    return "\"\(escaped)\""
  }
}

extension Substring {
  /// The text without spaces at both ends.
  fileprivate var trimmed: Substring {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text
  }
}
