#if canImport(Glibc)
  package import Glibc
#elseif canImport(Musl)
  package import Musl
#else
  package import Darwin
#endif

/// The file of a listening Unix socket.
///
/// Mode and group are final before anybody gets in, without touching the umask of the process:
/// connections are refused until `listen`, and that comes last. On Linux the file is never even
/// seen with more permissions than it ends up with.
package struct UnixSocketFile: Sendable {
  /// The path, made absolute, since the process may change its directory later.
  package let path: String

  private let device: dev_t
  private let inode: ino_t

  /// Makes the file and listens.
  ///
  /// - Parameters:
  ///   - path: Where the file goes.
  ///   - mode: Its permissions; nil leaves them to the umask.
  ///   - group: Its group; nil leaves it to the system.
  ///   - backlog: How many connections may wait to be accepted.
  /// - Returns: The socket, non-blocking, and its file.
  /// - Throws: ``SocketError``, as ``ListeningSocket/init(_:options:)`` does.
  static func open(
    _ path: String, mode: UInt16?, group: gid_t?, backlog: Int32
  ) throws(SocketError) -> (Socket, UnixSocketFile) {
    let (socket, file) = try bind(path, mode: mode, group: group)
    do throws(Errno) {
      try Syscalls.setNonBlocking(socket.descriptor, true)
      try Syscalls.startListening(socket.descriptor, backlog)
    } catch {
      file.removeIfUnchanged()
      throw .system("cannot listen on unix:\(path)", error)
    }
    return (socket, file)
  }

  /// Makes the file with its final mode and group, but does not listen yet.
  ///
  /// - Parameters:
  ///   - path: Where the file goes; a dead socket there is removed.
  ///   - mode: Its permissions; nil leaves them to the umask.
  ///   - group: Its group; nil leaves it to the system.
  /// - Returns: The bound socket, and its file.
  /// - Throws: ``SocketError``, as ``ListeningSocket/init(_:options:)`` does.
  package static func bind(
    _ path: String, mode: UInt16?, group: gid_t?
  ) throws(SocketError) -> (Socket, UnixSocketFile) {
    let address = try SocketAddress(path: path)
    try UnixSocketProbe.clear(path, address)
    let socket: Socket
    let file: UnixSocketFile
    do throws(Errno) {
      socket = Socket(owning: try Syscalls.newSocket(AF_UNIX))
      if let mode {
        // With another group to come, nobody but the owner until then.
        let first = group == nil ? mode & 0o777 : mode & 0o700
        try Syscalls.restrictBeforeBinding(socket.descriptor, mode_t(first))
      }
      try Syscalls.bindTo(socket.descriptor, address)
      file = try UnixSocketFile(path)
    } catch {
      throw refusal(path, error)
    }
    do throws(SocketError) {
      if let group { try file.give(to: group) }
      if let mode { try file.change(mode: mode) }
    } catch {
      file.removeIfUnchanged()
      throw error
    }
    return (socket, file)
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

  private func give(to group: gid_t) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.changeGroup(path, group)
    } catch {
      let hint =
        error == .notPermitted ? "; only root and members of the group may give it away" : ""
      throw SocketError(
        .systemCall, "cannot give unix:\(path) to group \(group): \(error)\(hint)",
        underlying: error)
    }
  }

  private func change(mode: UInt16) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.changeMode(path, mode_t(mode & 0o777))
    } catch {
      let octal = String(mode, radix: 8)
      throw .system("cannot set the mode of unix:\(path) to \(octal)", error)
    }
  }

  private static func refusal(_ path: String, _ error: Errno) -> SocketError {
    let action = "cannot listen on unix:\(path)"
    switch error {
    case .addressInUse:
      return SocketError(
        .addressInUse, "\(action): another server made a socket there just now", underlying: error)
    case .noSuchFileOrDirectory:
      return SocketError(
        .systemCall, "\(action): its directory does not exist; make it first", underlying: error)
    case .permissionDenied:
      return SocketError(
        .systemCall, "\(action): this user may not make files in its directory", underlying: error)
    default:
      return .system(action, error)
    }
  }
}
