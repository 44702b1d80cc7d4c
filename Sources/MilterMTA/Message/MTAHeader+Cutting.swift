extension MTAHeader {
  /// Postfix passes lines on in pieces of this size (`line_length_limit`).
  package static let pieceSize = 2048

  /// The number of bytes, without the last line end.
  var size: Int { name.count + separator.count + value.count }

  /// Cuts the field as Postfix does.
  ///
  /// - Parameter limit: The maximum number of bytes.
  /// - Returns: The remaining field; `nil` if the field is not too long.
  func cut(to limit: Int) -> MTAHeader? {
    guard size > limit else { return nil }
    var header = self
    header.value = Array(value.prefix(keptSize(limit - name.count - separator.count)))
    return header
  }

  /// Returns the number of bytes of the value that Postfix keeps.
  ///
  /// If the first piece of a continuation line does not fit, Postfix drops the line and everything after it. It
  /// cuts the first line, and a line of several pieces, in the middle.
  private func keptSize(_ limit: Int) -> Int {
    var size = 0
    for line in value.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let isFirst = line.startIndex == value.startIndex
      if !isFirst {
        guard size + 1 + min(line.count, Self.pieceSize) <= limit else { return size }
        size += 1
      }
      size += line.count
      if size > limit { return max(0, limit) }
    }
    return size
  }
}
