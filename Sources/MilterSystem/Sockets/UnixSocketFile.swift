import MilterPlatform

/// The file of a listening Unix socket.
///
/// All is done under a lock: so a second server that tries the path at the same moment never takes a
/// socket for dead that is about to listen.
///
/// Where mode or group are wanted, the file is made under a name of its own and linked to its path
/// when everything is done: a process that finds it finds it listening, with its final mode and group.
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
    let lock = try PathLock(path)
    defer { lock.release() }
    try UnixSocketProbe.clear(path, address)
    guard mode != nil || group != nil else { return try open(path, address, backlog: backlog) }
    let draft = try UnixSocketDraft(for: path, mode: mode, group: group)
    defer { draft.remove() }
    do throws(Errno) {
      try listen(draft.socket, backlog)
      try Syscalls.addName(path, toFile: draft.path)
      return (draft.socket, try UnixSocketFile(path))
    } catch {
      throw UnixSocketDraft.refusal(path, error)
    }
  }

  /// Makes the file at its final path: the umask alone determines its permissions.
  private static func open(
    _ path: String, _ address: SocketAddress, backlog: Int32
  ) throws(SocketError) -> (Socket, UnixSocketFile) {
    do throws(Errno) {
      let socket = Socket(owning: try Syscalls.newSocket(AF_UNIX))
      try Syscalls.bindTo(socket.descriptor, address)
      let file = try UnixSocketFile(path)
      do throws(Errno) {
        try listen(socket, backlog)
      } catch {
        file.removeIfUnchanged()
        throw error
      }
      return (socket, file)
    } catch {
      throw UnixSocketDraft.refusal(path, error)
    }
  }

  private static func listen(_ socket: Socket, _ backlog: Int32) throws(Errno) {
    try Syscalls.setNonBlocking(socket.descriptor, true)
    try Syscalls.startListening(socket.descriptor, backlog)
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
  @discardableResult
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
