import MilterCommandLine

/// A problem, or something unusual.
struct Finding: Hashable, Sendable {
  /// The severity of a finding.
  enum Severity: String, Hashable, Sendable {
    /// Mail is not filtered, or not accepted.
    case error
    /// Mail is filtered, but not always, or not safely.
    case warning
    /// It may be intended.
    case note
  }

  var severity: Severity
  /// A description of the problem.
  var what: String
  /// The effect of the problem.
  var why: String
  /// The action to take.
  var fix: String

  init(_ severity: Severity, _ what: String, why: String, fix: String) {
    self.severity = severity
    self.what = what
    self.why = why
    self.fix = fix
  }

  /// Returns the finding as lines.
  func text(isColored: Bool) -> String {
    let color: TerminalStyle.Color =
      switch severity {
      case .error: .red
      case .warning: .yellow
      case .note: .cyan
      }
    let word = severity.rawValue
    let label = isColored ? color.text(word) : word
    return "\(label): \(what)\n  why: \(why)\n  fix: \(fix)\n"
  }
}
