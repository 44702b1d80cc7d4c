extension Unicode.Scalar {
  /// Whether the scalar can make one line look like another: a control character, a line separator, an invisible
  /// character, one that changes the direction of writing, or one that Unicode does not define.
  ///
  /// Terminals obey control characters, including those of ISO 6429's C1 set (0x80 to 0x9F).
  package var isMisleading: Bool {
    if isASCII { return value < 0x20 || value == 0x7F }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      return true
    default: return false
    }
  }
}
