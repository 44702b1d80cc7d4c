import MilterPlatform

/// The file of a listening Unix-domain socket.
///
/// All changes are made under a lock. So a second server that opens the same path at the same moment never
/// removes a socket that is about to listen.
///
/// If a mode or a group is given, the file is created under a temporary name, and linked to its path at the
/// end. So a process that finds the path finds a listening socket with its final mode and group.
struct UnixSocketFile: Sendable {
  /// The absolute path, because the process may change its directory later.
  let path: String

  private let identity: FileStatus.Identity

  /// Creates the file and listens.
  ///
  /// - Parameters:
  ///   - path: The path; a socket without a server is removed.
  ///   - mode: Its permissions; `nil` for those of the umask.
  ///   - group: Its group; `nil` for the system's default.
  ///   - backlog: The maximum number of connections that wait to be accepted.
  /// - Returns: The socket, non-blocking, and its file.
  /// - Throws: The same errors as ``ListeningSocket/init(_:options:)``.
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

  /// Creates the file at its final path; the umask determines its permissions.
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
    identity = try Syscalls.status(ofPath: path).identity
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    self.path = isAbsolute ? path : try Syscalls.currentDirectory() + "/" + path
  }

  /// Removes the file, unless another file is at its path.
  ///
  /// The socket must still be open; otherwise another file may have its inode.
  ///
  /// - Returns: Whether the file was removed.
  @discardableResult
  func removeIfUnchanged() -> Bool {
    do throws(Errno) {
      guard try Syscalls.status(ofPath: path).identity == identity else { return false }
      try Syscalls.remove(path)
      return true
    } catch {
      return false
    }
  }
}
