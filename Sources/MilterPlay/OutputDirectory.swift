import MilterCommandLine
import MilterSystem

/// A directory for resulting messages, each in a file of its own.
struct OutputDirectory: Sendable {
  private let path: String
  private var taken: Set<FilePath> = []

  /// Makes the directory unless it is there.
  init(_ path: String) throws(FileError) {
    self.path = path
    try Directory.make(path)
  }

  /// Writes a message under the name of the file it came from.
  ///
  /// Messages of one mbox file, and files of the same name from several directories, get a number.
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
