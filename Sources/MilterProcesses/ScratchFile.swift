import MilterPlatform

/// A file without a name, for the input or output of a program.
package final class ScratchFile {
  /// The open descriptor.
  package let descriptor: Int32

  /// A file that holds `bytes`, positioned at its start.
  package init(containing bytes: [UInt8] = []) throws {
    var template = Array("/tmp/swift-milter-tests.XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw HarnessError.system("mkstemp")
    }
    unlink(&template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw HarnessError.system("write") }
      rest = rest.dropFirst(count)
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit {
    close(descriptor)
  }

  /// Returns everything that was written to the file.
  package func contents() throws -> [UInt8] {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    return try [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size {
        let rest = UnsafeMutableBufferPointer(rebasing: buffer[filled...])
        let count = pread(descriptor, rest.baseAddress, rest.count, off_t(filled))
        guard count > 0 else { throw HarnessError.system("read") }
        filled += count
      }
    }
  }
}
