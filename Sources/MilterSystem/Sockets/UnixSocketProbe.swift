import MilterPlatform

/// Checks the path of a Unix-domain socket, and removes a socket on which no process listens.
enum UnixSocketProbe {
  static func clear(_ path: String, _ address: SocketAddress) throws(SocketError) {
    guard let kind = try kind(of: path) else { return }
    guard kind == S_IFSOCK else {
      throw SocketError(
        .pathInTheWay,
        "cannot listen on unix:\(path): \(name(of: kind)) is in the way, and only a socket that "
          + "nobody uses is removed; move it, or choose another path")
    }
    switch reply(from: address) {
    case .connectionRefused:
      do throws(Errno) {
        try Syscalls.remove(path)
      } catch {
        if error == .noSuchFileOrDirectory { return }
        throw .system("cannot remove the dead socket unix:\(path)", error, code: .pathInTheWay)
      }
    case .noSuchFileOrDirectory:
      return
    // A full queue, or a socket of another type, also has a server.
    case nil, .wouldBlock, .protocolWrongType:
      throw SocketError(
        .addressInUse,
        "cannot listen on unix:\(path): it is already in use by a running server; stop that one, "
          + "or choose another path")
    case let error?:
      throw .system(
        "cannot find out whether unix:\(path) is in use", error, code: .pathInTheWay)
    }
  }

  private static func kind(of path: String) throws(SocketError) -> mode_t? {
    do throws(Errno) {
      return try Syscalls.status(ofPath: path).st_mode & S_IFMT
    } catch {
      if error == .noSuchFileOrDirectory { return nil }
      throw .system("cannot listen on unix:\(path)", error)
    }
  }

  /// Returns the error of a connect; `nil` if it succeeds.
  private static func reply(from address: SocketAddress) -> Errno? {
    do throws(Errno) {
      let socket = Socket(owning: try Syscalls.newSocket(AF_UNIX))
      try Syscalls.setNonBlocking(socket.descriptor, true)
      try Syscalls.connectTo(socket.descriptor, address)
      return nil
    } catch {
      return error
    }
  }

  private static func name(of kind: mode_t) -> String {
    switch kind {
    case S_IFREG: "a file"
    case S_IFDIR: "a directory"
    case S_IFLNK: "a symbolic link"
    default: "something that is not a socket"
    }
  }
}
