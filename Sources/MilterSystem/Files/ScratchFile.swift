import MilterPlatform

/// A file without a name, for the input or output of a program.
package final class ScratchFile: Sendable {
  private let file: Socket

  /// The open descriptor; closed with the last reference to this object.
  package var descriptor: Int32 { file.descriptor }

  /// Creates a file with some bytes, positioned at its start.
  package init(containing bytes: [UInt8] = []) throws(FileError) {
    do throws(Errno) {
      file = Socket(owning: try Syscalls.createUnnamedFile(in: "/tmp"))
      try Syscalls.writeAll(file.descriptor, bytes)
      try Syscalls.rewind(file.descriptor)
    } catch {
      throw FileError("cannot create a file in /tmp", error)
    }
  }

  /// Returns the whole contents of the file.
  package func contents() throws(FileError) -> [UInt8] {
    do throws(Errno) {
      let size = Int(try Syscalls.status(of: file.descriptor).st_size)
      return try Syscalls.readAll(file.descriptor, at: 0, size)
    } catch {
      throw FileError("cannot read a temporary file", error)
    }
  }
}
