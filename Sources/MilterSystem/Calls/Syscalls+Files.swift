import MilterPlatform

extension Syscalls {
  /// Returns the status of a name in a directory, without following links.
  static func status(of name: String, in directory: Int32) throws(Errno) -> stat {
    var result = stat()
    try once { fstatat(directory, name, &result, AT_SYMLINK_NOFOLLOW) }
    return result
  }

  /// Creates a file that does not exist, for this user only.
  static func createFile(_ name: String, in directory: Int32) throws(Errno) -> Int32 {
    try retrying {
      openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
  }

  static func remove(_ name: String, in directory: Int32) throws(Errno) {
    try once { unlinkat(directory, name, 0) }
  }

  static func rename(_ name: String, to new: String, in directory: Int32) throws(Errno) {
    try once { renameat(directory, name, directory, new) }
  }

  static func changeMode(of descriptor: Int32, _ mode: mode_t) throws(Errno) {
    try once { fchmod(descriptor, mode) }
  }

  static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try retrying {
        rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(count)
    }
  }

  /// A pipe that no child inherits.
  ///
  /// A program that another thread starts in between does: `pipe2`, which does both at once, is not everywhere.
  static func newPipe() throws(Errno) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try once { pipe(&ends) }
    do throws(Errno) {
      for end in ends { try setCloseOnExec(end) }
    } catch {
      ends.forEach(closeDescriptor)
      throw error
    }
    return (ends[0], ends[1])
  }

  /// Reads at most 64 KiB from a descriptor; returns nothing at its end, or if it cannot be read.
  static func readSome(_ descriptor: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, filled in
      filled = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
  }

  /// Reads the first bytes of a file, up to a maximum number.
  static func readStart(_ descriptor: Int32, _ count: Int) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let filled = try retrying { pread(descriptor, &bytes, count, 0) }
    return Array(bytes.prefix(filled))
  }

  /// Reads bytes in the middle of a file, all of them.
  static func readAll(
    _ descriptor: Int32, at offset: Int, _ count: Int
  ) throws(Errno) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let more = try retrying {
        bytes.withUnsafeMutableBytes {
          pread(
            descriptor, $0.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        }
      }
      guard more > 0 else { throw Errno(rawValue: EIO) }
      filled += more
    }
    return bytes
  }

  /// Creates a file without a name, for this user only.
  static func createUnnamedFile(in directory: String) throws(Errno) -> Int32 {
    if let descriptor = openUnnamedFile(in: directory) { return descriptor }
    var path = Array("\(directory)/milter-XXXXXX".utf8CString)
    let descriptor = try retrying { mkstemp(&path) }
    path.withUnsafeBufferPointer { _ = $0.baseAddress.map { unlink($0) } }
    try setCloseOnExec(descriptor)
    return descriptor
  }

  /// Sets the position to the start of the file.
  static func rewind(_ descriptor: Int32) throws(Errno) {
    if lseek(descriptor, 0, SEEK_SET) == -1 { throw .current }
  }

  static func empty(_ descriptor: Int32) throws(Errno) {
    try once { ftruncate(descriptor, 0) }
  }
}
