import MilterPlatform

/// Checks the path of a Unix-domain socket, and removes a socket on which no process listens.
enum UnixSocketProbe {
  static func clear(_ path: String, _ address: SocketAddress) throws(SocketError) {
    guard let status = try status(of: path) else { return }
    guard status.kind == .socket else {
      throw SocketError(
        .pathInTheWay,
        "cannot listen on unix:\(path): \(status.kindName) is in the way, and only a socket that "
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

  private static func status(of path: String) throws(SocketError) -> stat? {
    do throws(Errno) {
      return try Syscalls.status(ofPath: path)
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
}
