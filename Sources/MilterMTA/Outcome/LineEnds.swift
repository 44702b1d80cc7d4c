/// The line ends of a new body, as MTAs treat them: LF alone is a line end.
///
/// MTAs store lines, and show them to the next filter with CR LF at the end of each.
package struct LineEnds {
  /// Whether the last byte so far is CR.
  private var endsWithCR = false

  /// Begins a body.
  package init() {}

  /// Returns the next piece of a body with CR LF instead of LF alone.
  ///
  /// CR may be the end of the piece before.
  package mutating func completed(_ piece: [UInt8]) -> [UInt8] {
    let wasCR = endsWithCR
    if let last = piece.last { endsWithCR = last == 0x0D }
    guard let first = Self.bareLF(in: piece.span, after: wasCR) else { return piece }
    var result = Array(piece[..<first])
    result.reserveCapacity(piece.count + piece.count / 16)
    var isCR = false
    for byte in piece[first...] {
      if byte == 0x0A, !isCR { result.append(0x0D) }
      result.append(byte)
      isCR = byte == 0x0D
    }
    return result
  }

  /// The position of the first LF that no CR precedes.
  private static func bareLF(in bytes: Span<UInt8>, after wasCR: Bool) -> Int? {
    var isCR = wasCR
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == 0x0A, !isCR { return index }
      isCR = byte == 0x0D
    }
    return nil
  }
}
