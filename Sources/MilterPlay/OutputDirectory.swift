import MilterCommandLine
import MilterSystem

/// A directory for resulting messages, with one file for each.
struct OutputDirectory: Sendable {
  private let path: String
  private var taken: Set<FilePath> = []

  /// Creates the directory, unless it exists.
  init(_ path: String) throws(FileError) {
    self.path = path
    try Directory.make(path)
  }

  /// Writes a message with the name of its original file.
  ///
  /// Messages of one mbox file, and files with the same name, get a number.
  mutating func write(_ bytes: [UInt8], from source: FilePath) throws {
    let wanted = source.name.bytes.dropLast().map(UInt8.init(bitPattern:))
    let dot = wanted.lastIndex(of: UInt8(ascii: ".")) ?? wanted.endIndex
    var name = FilePath(wanted)
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      name = FilePath(wanted[..<dot] + Array("-\(number)".utf8) + wanted[dot...])
    }
    try FileContents.write(bytes, to: FilePath(path).appending(name))
  }
}
