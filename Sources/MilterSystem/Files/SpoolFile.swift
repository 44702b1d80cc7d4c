import MilterPlatform

/// A file without a name, for data that is too large for memory; it is removed with the last reference.
///
/// One thread appends, and after that any thread may read. No other process can open the file, and nothing
/// remains after a crash.
package final class SpoolFile: Sendable {
  private let file: Socket

  /// Creates an empty file in the directory for temporary files: `TMPDIR`, or `/tmp`.
  ///
  /// - Throws: ``FileError`` if the file cannot be created.
  package init() throws(FileError) {
    let directory = Self.directory
    do throws(Errno) {
      file = Socket(owning: try Syscalls.createUnnamedFile(in: directory))
    } catch {
      throw FileError("cannot create a file in \(directory)", error)
    }
  }

  private static var directory: String {
    guard let path = getenv("TMPDIR"), path.pointee != 0 else { return "/tmp" }
    return String(cString: path)
  }

  /// Appends bytes to the file.
  ///
  /// - Throws: ``FileError``, with the code `noSpace` if the disk is full; some of the bytes may then be in the
  ///   file.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    do throws(Errno) {
      try Syscalls.writeAll(file.descriptor, bytes)
    } catch {
      throw FileError("cannot write a temporary file", error)
    }
  }

  /// Reads bytes.
  ///
  /// - Parameters:
  ///   - offset: The offset of the first byte.
  ///   - count: The number of bytes.
  /// - Returns: The bytes, all of them.
  /// - Throws: ``FileError`` if the file cannot be read, or is too short.
  package func read(at offset: Int, _ count: Int) throws(FileError) -> [UInt8] {
    do throws(Errno) {
      return try Syscalls.readAll(file.descriptor, at: offset, count)
    } catch {
      throw FileError("cannot read a temporary file", error)
    }
  }
}
