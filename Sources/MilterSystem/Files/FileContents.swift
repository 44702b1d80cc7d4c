@preconcurrency import MilterPlatform

/// Reads and writes whole files.
package enum FileContents {
  /// Reads a file; `-` is standard input.
  package static func read(_ path: String) throws(FileError) -> [UInt8] { try read(FilePath(path)) }

  /// Reads a file; `-` is standard input.
  package static func read(_ path: FilePath) throws(FileError) -> [UInt8] {
    let file =
      path.text == "-" ? fdopen(dup(STDIN_FILENO), "rb") : fopen(path.bytes, "rb")
    guard let file else { throw failure("read", path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      bytes += buffer[..<count]
      if count < buffer.count {
        // A directory can be opened, but not read.
        guard ferror(file) == 0 else { throw failure("read", path) }
        return bytes
      }
    }
  }

  /// Writes a file, and replaces its contents if it exists.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(bytes, to: FilePath(path), mode: "wb")
  }

  /// Writes a file, and replaces its contents if it exists.
  package static func write(_ bytes: [UInt8], to path: FilePath) throws(FileError) {
    try write(bytes, to: path, mode: "wb")
  }

  /// Appends to a file.
  package static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(bytes, to: FilePath(path), mode: "ab")
  }

  private static func write(_ bytes: [UInt8], to path: FilePath, mode: String) throws(FileError) {
    guard let file = fopen(path.bytes, mode) else {
      throw failure("write", path)
    }
    let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
    guard fclose(file) == 0, isWritten else { throw failure("write", path) }
  }

  private static func failure(_ action: String, _ path: FilePath) -> FileError {
    FileError("cannot \(action) \(path)", .current)
  }
}
