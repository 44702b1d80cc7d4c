/// Something that is wrong, or may surprise.
struct Finding: Hashable, Sendable {
  /// How bad it is.
  enum Severity: String, Hashable, Sendable {
    /// Mail is not filtered, or not accepted.
    case error
    /// It works, but not always, or not safely.
    case warning
    /// It may be meant so.
    case note
  }

  var severity: Severity
  /// A description of what was found.
  var what: String
  /// Why it matters.
  var why: String
  /// The action to take.
  var fix: String

  init(_ severity: Severity, _ what: String, why: String, fix: String) {
    self.severity = severity
    self.what = what
    self.why = why
    self.fix = fix
  }

  /// The finding as lines.
  func text(isColored: Bool) -> String {
    let color = severity == .error ? "31" : severity == .warning ? "33" : "36"
    let label = isColored ? "\u{1B}[\(color)m\(severity)\u{1B}[0m" : "\(severity)"
    return "\(label): \(what)\n  why: \(why)\n  fix: \(fix)\n"
  }
}
