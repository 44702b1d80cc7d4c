import MilterPlatform

/// A regular file that a program writes repeatedly, and replaces as a whole each time.
///
/// Other users may be able to write to its directory. So nothing else at the path is changed or opened: a
/// device, a FIFO, a directory, or a link.
package struct ReplacedFile: Sendable {
  /// The path of the file.
  package let path: String

  private let directory: Socket?
  private let name: String
  /// The file's name in error messages.
  private let title: String

  /// The identity of a file that was written here.
  package struct Written: Sendable {
    fileprivate let descriptor: Socket
  }

  /// Creates a value for a file that is not written yet, and keeps its directory open.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - title: The file's name in errors; `nil` for its path.
  /// - Throws: ``FileError`` if the directory does not exist.
  package init(_ path: String, called title: String? = nil) throws(FileError) {
    self.path = path
    self.title = title ?? path
    let (folder, name) = FilePath.split(path)
    do throws(Errno) {
      directory = Socket(owning: try Syscalls.openDirectory(folder.isEmpty ? "." : folder))
      self.name = name
    } catch {
      // The right to enter a directory does not include the right to list it.
      guard error == .permissionDenied else {
        throw FileError("cannot write \(self.title)", error)
      }
      directory = nil
      self.name = path
    }
  }

  private var folder: Int32 { directory?.descriptor ?? AT_FDCWD }

  /// Checks that the file at the path may be replaced.
  ///
  /// - Parameter owners: The users whose files may be replaced; `nil` for all.
  /// - Throws: ``FileError`` with the code `pathInTheWay` if it is not a regular file, or belongs to another
  ///   user.
  package func check(owners: Set<UInt32>? = nil) throws(FileError) {
    guard let status = try status() else { return }
    guard status.kind == .file else {
      throw FileError(
        .pathInTheWay,
        "cannot write \(title): \(status.kindName) is there, and only a regular file "
          + "is replaced; choose another path")
    }
    if let owners, !owners.contains(status.st_uid) {
      throw FileError(
        .pathInTheWay,
        "cannot write \(title): the file there belongs to user \(status.st_uid); remove it, or "
          + "choose another path")
    }
  }

  private func status() throws(FileError) -> stat? {
    do throws(Errno) {
      return try Syscalls.status(of: name, in: folder)
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw FileError("cannot write \(title)", error)
    }
  }

  /// Writes the file; a reader gets the previous or the new contents as a whole.
  ///
  /// - Parameters:
  ///   - text: The contents.
  ///   - mode: The permissions, regardless of the umask.
  ///   - owners: The same as for ``check(owners:)``.
  /// - Returns: The file, for ``remove(_:ifItHolds:)``.
  /// - Throws: ``FileError``; the previous file then still exists.
  @discardableResult
  package func write(
    _ text: String, mode: UInt16 = 0o644, owners: Set<UInt32>? = nil
  ) throws(FileError) -> Written {
    try check(owners: owners)
    do throws(Errno) {
      let (draft, file) = try openDraft()
      do throws(Errno) {
        try Syscalls.writeAll(file.descriptor, Array(text.utf8))
        try Syscalls.changeMode(of: file.descriptor, mode_t(mode))
        try Syscalls.rename(draft, to: name, in: folder)
      } catch {
        try? Syscalls.remove(draft, in: folder)
        throw error
      }
      return Written(descriptor: file)
    } catch {
      throw FileError("cannot write \(title)", error)
    }
  }

  /// Creates a file next to the path, under an unused name.
  private func openDraft() throws(Errno) -> (name: String, file: Socket) {
    for number in 0..<Self.mostDrafts {
      let draft = "\(name).\(getpid())" + (number == 0 ? "" : "-\(number)")
      do throws(Errno) {
        return (draft, Socket(owning: try Syscalls.createFile(draft, in: folder)))
      } catch {
        // A killed process may have left this name and had our process ID, or it is an attack.
        guard error == .fileExists else { throw error }
        if let status = try? Syscalls.status(of: draft, in: folder), status.isOwnFile {
          try? Syscalls.remove(draft, in: folder)
        }
      }
    }
    throw .fileExists
  }

  /// The maximum number of names to try.
  private static let mostDrafts = 100

  /// Removes the file that was written, unless it was replaced or changed.
  ///
  /// If a process that has given up its rights may not remove the file, it empties it.
  ///
  /// - Parameters:
  ///   - written: The file.
  ///   - text: The contents that the file must still have.
  package func remove(_ written: Written, ifItHolds text: String) {
    let descriptor = written.descriptor.descriptor
    guard let ours = try? Syscalls.status(of: descriptor),
      let found = try? Syscalls.status(of: name, in: folder),
      found.identity == ours.identity,
      (try? Syscalls.readStart(descriptor, text.utf8.count + 1)) == Array(text.utf8)
    else { return }
    do throws(Errno) {
      try Syscalls.remove(name, in: folder)
    } catch {
      try? Syscalls.empty(descriptor)
    }
  }
}
