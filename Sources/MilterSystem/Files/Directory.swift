import MilterPlatform

/// Functions for directories.
package enum Directory {
  /// Creates a directory, unless it exists.
  ///
  /// The corresponding C function is `mkdir`.
  package static func make(_ path: String) throws(FileError) {
    guard mkdir(path, 0o777) != 0, errno != EEXIST else { return }
    throw FileError("cannot make \(path)", .current)
  }

  /// Creates a directory with a mode, an owner, and a group.
  ///
  /// The corresponding C function is `mkdir`.
  ///
  /// - Throws: ``FileError`` if the name exists, or the system refuses.
  package static func make(
    _ path: String, mode: UInt32, owner: UInt32, group: UInt32
  ) throws(FileError) {
    guard mkdir(path, mode_t(mode)) == 0 else { throw FileError("cannot make \(path)", .current) }
    // Regardless of the umask.
    try FileAttributes.setMode(mode, of: path)
    try FileAttributes.setOwner(owner, group, of: path)
  }

  /// Creates a new directory that only this user may enter.
  ///
  /// The corresponding C function is `mkdtemp`.
  ///
  /// - Parameter prefix: The path, to which the system appends a dot and six characters.
  /// - Returns: The path.
  /// - Throws: ``FileError`` if the system refuses.
  package static func makeTemporary(_ prefix: String) throws(FileError) -> String {
    var template = Array("\(prefix).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw FileError("cannot create a directory \(prefix).XXXXXX", .current)
    }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Returns the names in a directory, in no order, without `.` and `..`.
  ///
  /// The corresponding C function is `readdir`.
  package static func names(in path: FilePath) throws(FileError) -> [FilePath] {
    do throws(Errno) {
      return try names(
        closing: Syscalls.openDirectory(path, in: AT_FDCWD, followingLinks: true))
    } catch {
      throw FileError("cannot read \(path)", error)
    }
  }

  /// Returns the names in an open directory, and closes it.
  private static func names(closing descriptor: Int32) throws(Errno) -> [FilePath] {
    guard let directory = fdopendir(descriptor) else {
      let error = Errno.current
      Syscalls.closeDescriptor(descriptor)
      throw error
    }
    defer { closedir(directory) }
    var names: [FilePath] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 1) { FilePath(cString: $0) }
      }
      if name.text != ".", name.text != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a directory with its contents; does not follow links.
  ///
  /// A file that cannot be removed stays, and so do the directories above it. The corresponding C functions are
  /// `openat` and `unlinkat`.
  package static func remove(_ path: String) { remove(FilePath(path), in: AT_FDCWD) }

  /// Removes a name from an open directory, and first the contents if it is a directory.
  private static func remove(_ name: FilePath, in folder: Int32) {
    guard let descriptor = try? Syscalls.openDirectory(name, in: folder, followingLinks: false)
    else {
      try? Syscalls.remove(name, in: folder, isDirectory: false)
      // An empty directory that cannot be opened can be removed.
      try? Syscalls.remove(name, in: folder, isDirectory: true)
      return
    }
    defer { try? Syscalls.remove(name, in: folder, isDirectory: true) }
    // The open directory stays the same, even if another user replaces its name by a link.
    defer { Syscalls.closeDescriptor(descriptor) }
    let contents = try? names(
      closing: Syscalls.openDirectory(FilePath("."), in: descriptor, followingLinks: false))
    for name in contents ?? [] { remove(name, in: descriptor) }
  }
}
