import MilterCore
import MilterSystem

/// The body of a message: in memory, or in a file without a name if it is large.
struct ChainBody {
  /// The size of a chunk in bytes, as MTAs send it.
  private static let pieceSize = WireLimits.payload64K

  private var memory: [UInt8] = []
  private var file: SpoolFile?
  private(set) var count = 0
  private let makeFile: () throws -> SpoolFile

  /// Creates an empty body.
  ///
  /// - Parameter makeFile: Creates the file for a large body.
  init(makeFile: @escaping () throws -> SpoolFile) { self.makeFile = makeFile }

  /// Adds bytes to the end.
  ///
  /// - Throws: An error if the file cannot be written.
  mutating func append(_ bytes: [UInt8]) throws {
    memory += bytes
    count += bytes.count
    guard memory.count > MessageLimit.mostInMemory || file != nil else { return }
    let file = try self.file ?? makeFile()
    self.file = file
    guard memory.count >= Self.pieceSize else { return }
    try file.append(memory)
    memory.removeAll(keepingCapacity: true)
  }

  /// Calls a closure with each chunk, until the closure returns `false`.
  ///
  /// - Throws: An error if the file cannot be read.
  func forEachPiece(_ body: ([UInt8]) throws -> Bool) throws {
    var place = 0
    while place < count {
      let end = min(place + Self.pieceSize, count)
      guard try body(bytes(place, end)) else { return }
      place = end
    }
  }

  private func bytes(_ start: Int, _ end: Int) throws -> [UInt8] {
    let inFile = count - memory.count
    let tail = memory[max(0, start - inFile)..<max(0, end - inFile)]
    guard let file, start < inFile else { return Array(tail) }
    return try file.read(at: start, min(end, inFile) - start) + tail
  }

  /// Whether the last line has a line end; `true` for an empty body.
  ///
  /// - Throws: An error if the file cannot be read.
  func endsWithLineEnd() throws -> Bool {
    if count == 0 { return true }
    if let last = memory.last { return last == 0x0A }
    return try file?.read(at: count - 1, 1).last == 0x0A
  }
}
