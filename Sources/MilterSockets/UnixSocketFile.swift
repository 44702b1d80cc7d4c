#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file of a listening Unix socket.
///
/// It is made under a name of its own and linked to its path when all is done: whoever finds it there
/// finds it with its final mode and group, and listening. So a second server that tries the path at
/// the same moment sees either nothing or a live socket, and never takes one for dead that is about
/// to listen.
struct UnixSocketFile: Sendable {
  /// The path, made absolute, since the process may change its directory later.
  let path: String

  private let device: dev_t
  private let inode: ino_t

  /// Makes the file and listens.
  ///
  /// - Parameters:
  ///   - path: Where the file goes; a dead socket there is removed.
  ///   - mode: Its permissions; nil leaves them to the umask.
  ///   - group: Its group; nil leaves it to the system.
  ///   - backlog: How many connections may wait to be accepted.
  /// - Returns: The socket, non-blocking, and its file.
  /// - Throws: ``SocketError``, as ``ListeningSocket/init(_:options:)`` does.
  static func open(
    _ path: String, mode: UInt16?, group: gid_t?, backlog: Int32
  ) throws(SocketError) -> (Socket, UnixSocketFile) {
    let address = try SocketAddress(path: path)
    let draft = try UnixSocketDraft(for: path, mode: mode, group: group)
    defer { draft.remove() }
    try draft.listen(backlog)
    let lock = try PathLock(path)
    defer { lock.release() }
    try UnixSocketProbe.clear(path, address)
    do throws(Errno) {
      try Syscalls.addName(path, toFile: draft.path)
      return (draft.socket, try UnixSocketFile(path))
    } catch {
      throw UnixSocketDraft.refusal(path, error)
    }
  }

  private init(_ path: String) throws(Errno) {
    let status = try Syscalls.status(ofPath: path)
    device = status.st_dev
    inode = status.st_ino
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    self.path = isAbsolute ? path : try Syscalls.currentDirectory() + "/" + path
  }

  /// Removes the file, unless something else lies at its path by now.
  ///
  /// The socket must still be open: else the inode may belong to another file.
  ///
  /// - Returns: Whether the file was removed.
  func removeIfUnchanged() -> Bool {
    do throws(Errno) {
      let status = try Syscalls.status(ofPath: path)
      guard status.st_dev == device, status.st_ino == inode else { return false }
      try Syscalls.remove(path)
      return true
    } catch {
      return false
    }
  }
}
