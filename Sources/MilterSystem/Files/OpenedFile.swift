import MilterPlatform

/// An open file, for the input or output of a program.
package struct OpenedFile: Sendable {
  private let file: Socket

  /// The number of bytes when the file was opened.
  package let size: Int

  /// The descriptor, which is closed on exec; -1 after ``close()``.
  package var descriptor: Int32 { file.descriptor }

  /// Opens the null device.
  package static func null() throws(FileError) -> OpenedFile {
    try OpenedFile("/dev/null", O_RDWR)
  }

  /// Opens a file for appending; creates it if it does not exist.
  package static func appending(to path: String) throws(FileError) -> OpenedFile {
    try OpenedFile(path, O_WRONLY | O_CREAT | O_APPEND)
  }

  private init(_ path: String, _ flags: Int32) throws(FileError) {
    do throws(Errno) {
      file = Socket(owning: try Syscalls.retrying { open(path, flags | O_CLOEXEC, 0o644) })
      size = Int(try Syscalls.status(of: file.descriptor).st_size)
    } catch {
      throw FileError("cannot open \(path)", error)
    }
  }

  /// Closes the file; otherwise it is closed with the last copy of this value.
  package func close() { file.close() }
}
