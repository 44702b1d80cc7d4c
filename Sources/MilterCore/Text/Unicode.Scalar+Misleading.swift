extension Unicode.Scalar {
  /// Whether the scalar can make one line look like another: a control character, a line separator, or a
  /// character that changes the direction of writing.
  ///
  /// Terminals obey control characters, including those of ISO 6429's C1 set (0x80 to 0x9F).
  package var isMisleading: Bool {
    switch value {
    case ..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
