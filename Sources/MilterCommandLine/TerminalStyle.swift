import MilterSystem

/// The styles of text on a terminal.
package enum TerminalStyle {
  /// A color, by its number in an escape sequence.
  package enum Color: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    /// Returns a text in this color.
    package func text(_ text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
  }

  /// Whether standard output supports colors, and the user has not turned them off.
  ///
  /// See no-color.org for `NO_COLOR`.
  package static var isColored: Bool {
    let isDeclined = [
      ThisProcess.variable("NO_COLOR") ?? "", ThisProcess.variable("TERM") == "dumb" ? "dumb" : "",
    ]
    .contains { !$0.isEmpty }
    return StandardStream.output.isTerminal && !isDeclined
  }

  /// Whether standard error is a terminal, so that a progress bar makes sense.
  package static var hasAudience: Bool {
    StandardStream.error.isTerminal && ThisProcess.variable("TERM") != "dumb"
  }
}
