import MilterPlatform

/// A file without a name, for data that memory should not hold: it is gone with the last reference.
///
/// One thread appends; after that, any thread may read. Nobody else can open the file, and a process
/// that is killed leaves nothing behind.
package final class SpoolFile: Sendable {
  private let file: Socket

  /// Makes an empty file in the directory for temporary files: `TMPDIR`, or `/tmp`.
  ///
  /// - Throws: ``FileError`` if no file can be made there.
  package init() throws(FileError) {
    let directory = Self.directory
    do throws(Errno) {
      file = Socket(owning: try Syscalls.createUnnamedFile(in: directory))
    } catch {
      throw FileError("cannot make a file in \(directory)", error)
    }
  }

  private static var directory: String {
    guard let path = getenv("TMPDIR"), path.pointee != 0 else { return "/tmp" }
    return String(cString: path)
  }

  /// Writes bytes to the end of the file.
  ///
  /// - Throws: ``FileError``, with the code `noSpace` if the disk is full; some of the bytes may be in
  ///   the file then.
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
  ///   - offset: The place of the first one.
  ///   - count: How many.
  /// - Returns: The bytes, all of them.
  /// - Throws: ``FileError`` if the file cannot be read, or ends before.
  package func read(at offset: Int, _ count: Int) throws(FileError) -> [UInt8] {
    do throws(Errno) {
      return try Syscalls.readAll(file.descriptor, at: offset, count)
    } catch {
      throw FileError("cannot read a temporary file", error)
    }
  }
}
