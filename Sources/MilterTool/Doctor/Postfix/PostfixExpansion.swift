/// Replaces parameters in values with their values, as Postfix does.
///
/// Each parameter is evaluated once, and the total size of the results is limited, so that no file can cause
/// unlimited work.
struct PostfixExpansion {
  /// The maximum depth of references between parameters, as in Postfix.
  private static let deepest = 100
  /// The maximum size of all results together, in bytes.
  private static let longest = 1 << 20

  private let look: (String) -> String?
  private var known: [String: String] = [:]
  private var open: Set<String> = []
  private var depth = 0
  private var written = 0
  /// Whether a value was too long to evaluate, although Postfix would try.
  private(set) var isTooLong = false

  /// Creates an expansion.
  ///
  /// - Parameter look: Returns the unexpanded value of a parameter.
  init(_ look: @escaping (String) -> String?) { self.look = look }

  /// Evaluates a parameter; an undefined one is empty.
  ///
  /// - Throws: `PostfixText.Mistake` if Postfix cannot evaluate the parameter.
  mutating func value(of name: String) throws(PostfixText.Mistake) -> String {
    if let value = known[name] { return value }
    guard let text = look(name) else { return "" }
    guard open.insert(name).inserted else {
      throw .init(description: "$\(name) refers to itself")
    }
    defer { open.remove(name) }
    let value = try expand(text[...])
    known[name] = value
    return value
  }

  private mutating func expand(_ text: Substring) throws(PostfixText.Mistake) -> String {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw .init(description: "parameters refer to each other more than \(Self.deepest) deep")
    }
    var result = ""
    var rest = text
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...].dropFirst()
      switch rest.first {
      case "$":
        result += "$"
        rest.removeFirst()
      case "{", "(": result += try conditional(PostfixText.bracketed(&rest))
      default:
        let name = Self.name(&rest)
        guard !name.isEmpty else { throw .init(description: "empty macro name: \"\(text)\"") }
        result += try value(of: name)
      }
      guard result.utf8.count + written <= Self.longest else { throw tooLong() }
    }
    result += rest
    written += result.utf8.count
    guard written <= Self.longest else { throw tooLong() }
    return result
  }

  private mutating func tooLong() -> PostfixText.Mistake {
    isTooLong = true
    return .init(description: "the value is longer than \(Self.longest) bytes")
  }

  /// Evaluates the text in braces: `name`, `name?text`, `name:text`, `name?{text}:{text}`, or a comparison
  /// instead of the name.
  private mutating func conditional(_ inside: Substring) throws(PostfixText.Mistake) -> String {
    var text = inside
    Self.skipSpace(&text)
    let value: String
    if text.first == "{" {
      value = try comparison(&text) ? "true" : ""
    } else {
      let name = Self.name(&text)
      guard !name.isEmpty else { throw .init(description: "empty macro name: \"\(inside)\"") }
      value = try self.value(of: name)
    }
    Self.skipSpace(&text)
    switch text.popFirst() {
    case nil: return value
    case "?":
      let yes = try alternative(&text)
      var no: Substring = ""
      if !text.isEmpty {
        guard text.removeFirst() == ":" else {
          throw .init(description: "\":\" expected in \"\(inside)\"")
        }
        no = try alternative(&text)
      }
      return try expand(value.isEmpty ? no : yes)
    case ":":
      let no = try alternative(&text)
      guard text.isEmpty else { throw .init(description: "unexpected input in \"\(inside)\"") }
      return value.isEmpty ? try expand(no) : ""
    default: throw .init(description: "attribute name syntax error in \"\(inside)\"")
    }
  }

  /// Reads a text in braces, or otherwise the rest.
  private func alternative(_ text: inout Substring) throws(PostfixText.Mistake) -> Substring {
    let start = text
    Self.skipSpace(&text)
    guard text.first == "{" else {
      text = ""
      return start
    }
    let inside = try PostfixText.bracketed(&text)
    Self.skipSpace(&text)
    return inside
  }

  private mutating func comparison(_ text: inout Substring) throws(PostfixText.Mistake) -> Bool {
    let left = try expand(PostfixText.bracketed(&text))
    Self.skipSpace(&text)
    let sign = text.prefix { "=!<>".contains($0) }
    text = text[sign.endIndex...]
    Self.skipSpace(&text)
    guard ["==", "!=", "<", "<=", ">=", ">"].contains(sign), text.first == "{" else {
      throw .init(description: "a comparison expected at \"\(text)\"")
    }
    let right = try expand(PostfixText.bracketed(&text))
    let isLess: Bool
    let isEqual: Bool
    if let first = Int(left), let second = Int(right) {
      (isLess, isEqual) = (first < second, first == second)
    } else {
      (isLess, isEqual) = (left < right, left == right)
    }
    switch sign {
    case "==": return isEqual
    case "!=": return !isEqual
    case "<": return isLess
    case "<=": return isLess || isEqual
    case ">=": return !isLess
    default: return !isLess && !isEqual
    }
  }

  private static func name(_ text: inout Substring) -> String {
    let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" }
    text = text[name.endIndex...]
    return String(name)
  }

  private static func skipSpace(_ text: inout Substring) {
    text = text.drop { $0.isWhitespace }
  }
}
