import MilterCommandLine

/// A line of a report.
package struct ReportLine: Hashable, Sendable {
  /// The meaning of a text, which determines its color.
  package enum Tone: Hashable, Sendable {
    case plain, added, removed, warning

    /// The color; `nil` for the terminal's own.
    fileprivate var color: TerminalStyle.Color? {
      switch self {
      case .plain: nil
      case .added: .green
      case .removed: .red
      case .warning: .yellow
      }
    }
  }

  /// A text and its tone.
  package struct Content: Hashable, Sendable {
    package var text: String
    var tone: Tone

    init(_ text: String, _ tone: Tone = .plain) {
      self.text = text
      self.tone = tone
    }

    /// The text in its color, for a terminal.
    package var colored: String { tone.color?.text(text) ?? text }
  }

  /// The width of the column of labels.
  private static let margin = 12

  /// The subject of the line; empty for further lines on the same subject.
  var label: String
  var content: Content

  /// The line as plain text.
  var plain: String { margin + content.text }

  /// The line for a terminal.
  var colored: String { margin + content.colored }

  private var margin: String {
    label + String(repeating: " ", count: max(1, Self.margin - label.count))
  }
}
