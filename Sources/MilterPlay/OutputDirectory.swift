import MilterCommandLine
import MilterSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A directory for resulting messages, each in a file of its own.
struct OutputDirectory: Sendable {
  private let path: String
  private var taken: Set<String> = []

  /// Makes the directory unless it is there.
  init(_ path: String) throws(FileError) {
    self.path = path
    guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw FileError("cannot make \(path)", Errno(rawValue: errno))
  }

  /// Writes a message under the name of the file it came from.
  ///
  /// Messages of one mbox file, and files of the same name from several directories, get a number.
  mutating func write(_ bytes: [UInt8], from source: String) throws {
    let wanted = source.split(separator: "/").last.map(String.init) ?? source
    let dot = wanted.lastIndex(of: ".") ?? wanted.endIndex
    var name = wanted
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      name = "\(wanted[..<dot])-\(number)\(wanted[dot...])"
    }
    try FileContents.write(bytes, to: "\(path)/\(name)")
  }
}
