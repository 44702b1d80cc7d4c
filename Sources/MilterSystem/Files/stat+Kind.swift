import MilterPlatform

/// The kind, the identity, and the owner of a file.
extension stat {
  /// The kind of the file.
  var kind: FileStatus.Kind {
    switch st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .directory
    case S_IFSOCK: .socket
    default: .other
    }
  }

  /// The kind of the file in a sentence.
  var kindName: String {
    switch st_mode & S_IFMT {
    case S_IFREG: "a file"
    case S_IFDIR: "a directory"
    case S_IFLNK: "a symbolic link"
    case S_IFIFO: "a FIFO"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFSOCK: "a socket"
    default: "something else"
    }
  }

  /// Whether it is a symbolic link.
  var isLink: Bool { st_mode & S_IFMT == S_IFLNK }

  /// The identity of the file, whatever its path is.
  var identity: FileStatus.Identity { FileStatus.Identity(self) }

  /// Whether it is a regular file of this process's user.
  var isOwnFile: Bool { kind == .file && st_uid == geteuid() }
}
