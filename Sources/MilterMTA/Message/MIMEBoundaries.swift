/// The boundaries of the multiparts that a line of a message is in, as Postfix reads them.
struct MIMEBoundaries {
  /// The nesting beyond which Postfix stops looking (`mime_nesting_limit`).
  private static let nestingLimit = 102
  /// Postfix takes lines in pieces, and looks at the first one (`line_length_limit`).
  private static let pieceSize = 2048

  private var stack: [(boundary: [UInt8], isDigest: Bool)] = []

  /// Remembers a boundary.
  mutating func add(_ boundary: [UInt8], inDigest isDigest: Bool) {
    guard stack.count < Self.nestingLimit else { return }
    stack.append((Array(boundary.prefix(Self.pieceSize)), isDigest))
  }

  /// Returns the part that begins after a line, if the line is a boundary.
  mutating func part(after line: ArraySlice<UInt8>) -> (part: MIMEPart, isEpilogue: Bool)? {
    let dashes = Array("--".utf8)
    guard !stack.isEmpty, line.count > 2, line.starts(with: dashes) else { return nil }
    let rest = line.prefix(Self.pieceSize).dropFirst(2)
    guard let index = stack.lastIndex(where: { rest.starts(with: $0.boundary) }) else { return nil }
    let (boundary, isDigest) = stack[index]
    stack.removeSubrange((index + 1)...)
    guard rest.dropFirst(boundary.count).starts(with: dashes) else {
      return (MIMEPart(kind: isDigest ? .message : .leaf), false)
    }
    stack.removeLast()
    return (MIMEPart(kind: .other), true)
  }
}
