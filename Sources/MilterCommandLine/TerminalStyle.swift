import MilterPlatform

/// The styles of text on a terminal.
package enum TerminalStyle {
  /// Whether standard output shows colors and the user has not turned them off.
  ///
  /// See no-color.org for `NO_COLOR`.
  package static var isColored: Bool {
    let isDeclined = [environment("NO_COLOR") ?? "", environment("TERM") == "dumb" ? "dumb" : ""]
      .contains { !$0.isEmpty }
    return isatty(STDOUT_FILENO) == 1 && !isDeclined
  }

  /// Whether somebody watches standard error, so that a progress bar makes sense.
  package static var hasAudience: Bool {
    isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb"
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
