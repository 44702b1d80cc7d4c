import MilterSystem

extension Socket {
  /// The maximum number of reads of 16 KiB in one turn, so that a flooded channel does not block others.
  private static let mostReads = 4

  /// Reads the bytes that have arrived, without waiting.
  ///
  /// - Returns: The complete lines, and the state of the channel.
  func readLines(into buffer: inout LineBuffer) -> (lines: [String], rest: ChannelRest) {
    var bytes = [UInt8](repeating: 0, count: 16_384)
    var lines: [String] = []
    for _ in 0..<Self.mostReads where !buffer.isTooLong {
      switch try? readAvailable(into: &bytes) {
      case .bytes(let count): lines += buffer.add(bytes[..<count])
      case .wouldBlock: return (lines, .nothingNow)
      case .endOfStream, nil: return (lines, .end)
      }
    }
    return (lines, buffer.isTooLong ? .end : .more)
  }
}
