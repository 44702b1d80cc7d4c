/// A line of a report.
package struct ReportLine: Hashable, Sendable {
  /// The meaning of a text, which determines its color.
  package enum Tone: String, Hashable, Sendable {
    case plain = ""
    case added = "\u{1B}[32m"
    case removed = "\u{1B}[31m"
    case warning = "\u{1B}[33m"
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
    package var colored: String { tone == .plain ? text : tone.rawValue + text + "\u{1B}[0m" }
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
