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
    guard let directory = opendir(path.bytes) else {
      throw FileError("cannot read \(path)", .current)
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

  /// Removes a directory and its files; if it has subdirectories, they stay, and so does the directory.
  package static func remove(_ path: String) {
    for name in (try? names(in: FilePath(path))) ?? [] {
      unlink(FilePath(path).appending(name).bytes)
    }
    rmdir(path)
  }
}
