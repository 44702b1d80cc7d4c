import MilterPlatform

extension Syscalls {
  static func status(ofPath path: String) throws(Errno) -> stat {
    var result = stat()
    try once { lstat(path, &result) }
    return result
  }

  static func remove(_ path: String) throws(Errno) {
    try once { unlink(path) }
  }

  /// Adds another name to a file, unless the name exists.
  static func addName(_ name: String, toFile path: String) throws(Errno) {
    try once { link(path, name) }
  }

  /// Opens a file that only its owner may access; creates the file if it does not exist.
  ///
  /// - Returns: `nil` if the path cannot be opened: it belongs to another user, or is a link or a socket.
  static func openPrivate(_ path: String) throws(Errno) -> Int32? {
    let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    do throws(Errno) {
      return try retrying { open(path, flags | O_CREAT | O_EXCL, 0o600) }
    } catch {
      guard error == .fileExists else { throw error }
    }
    // Without O_CREAT: in sticky directories, Linux refuses it for files of other users, even to root.
    return try? retrying { open(path, flags) }
  }

  /// Locks a file, unless another process has locked it.
  static func tryLock(_ descriptor: Int32) throws(Errno) -> Bool {
    do throws(Errno) {
      _ = try retrying { flock(descriptor, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      if error == .wouldBlock { return false }
      throw error
    }
  }

  static func status(of descriptor: Int32) throws(Errno) -> stat {
    var result = stat()
    try once { fstat(descriptor, &result) }
    return result
  }

  static func openDirectory(_ path: String) throws(Errno) -> Int32 {
    try openDirectory(FilePath(path), in: AT_FDCWD, followingLinks: true)
  }

  /// Opens a directory by its name in another one.
  static func openDirectory(
    _ name: FilePath, in directory: Int32, followingLinks: Bool
  ) throws(Errno) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followingLinks ? 0 : O_NOFOLLOW)
    return try retrying { openat(directory, name.bytes, flags) }
  }

  static func changeGroup(_ path: String, _ group: gid_t) throws(Errno) {
    try once { lchown(path, uid_t.max, group) }
  }

  /// Changes the mode of a path, but never of the target of a link.
  static func changeMode(_ path: String, _ mode: mode_t) throws(Errno) {
    do throws(Errno) {
      try once { fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) }
    } catch {
      // Old kernels need /proc for this, which may be missing in a chroot.
      guard error == .notSupportedOnSocket else { throw error }
      try once { chmod(path, mode) }
    }
  }

  static func currentDirectory() throws(Errno) -> String {
    guard let path = getcwd(nil, 0) else { throw Errno.current }
    defer { free(path) }
    return String(cString: path)
  }

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
    try remove(FilePath(name), in: directory, isDirectory: false)
  }

  /// Removes a name from a directory, either that of an empty directory or that of anything else.
  static func remove(
    _ name: FilePath, in directory: Int32, isDirectory: Bool
  ) throws(Errno) {
    try once { unlinkat(directory, name.bytes, isDirectory ? AT_REMOVEDIR : 0) }
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

  /// Creates a pipe that no program inherits.
  ///
  /// Exception: a program that another thread starts between the two calls. Not all systems have `pipe2`.
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
