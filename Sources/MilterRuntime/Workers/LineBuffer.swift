/// A buffer that divides the bytes of a stream into lines.
struct LineBuffer: Sendable {
  private var bytes: [UInt8] = []

  /// The maximum size of a line in bytes.
  static let longest = 1 << 20

  /// Whether the buffer contains more than the longest line.
  var isTooLong: Bool { bytes.count > Self.longest }

  /// Adds bytes.
  ///
  /// - Returns: The complete lines, without their ends.
  mutating func add(_ more: ArraySlice<UInt8>) -> [String] {
    guard more.contains(UInt8(ascii: "\n")) else {
      bytes += more
      return []
    }
    var pieces = (bytes + more).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    bytes = Array(pieces.removeLast())
    return pieces.map { String(decoding: $0, as: UTF8.self) }
  }
}
