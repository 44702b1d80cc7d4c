import MilterPlatform

extension Socket {
  /// Creates a socket that has an address, and is neither listening nor connected.
  ///
  /// The system gives the address to no other socket, except to a listening one with `SO_REUSEADDR`. The
  /// corresponding C function is `bind`.
  ///
  /// - Throws: ``SocketError`` if this machine lacks the address, or it is in use.
  package static func holding(_ address: SocketAddress) throws(SocketError) -> Socket {
    do throws(Errno) {
      let socket = Socket(owning: try Syscalls.newSocket(address.rawFamily))
      try Syscalls.setOption(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, Int32(1))
      try Syscalls.bindTo(socket.descriptor, address)
      return socket
    } catch {
      throw .system("cannot bind to \(address)", error)
    }
  }

  /// Connects from an address of this machine, with the system's timeout.
  ///
  /// - Parameters:
  ///   - address: The server's address.
  ///   - origin: The local address; port 0 is any free port.
  /// - Returns: A blocking socket.
  /// - Throws: ``SocketError`` if the server refuses, or if this machine lacks the local address.
  package static func connect(
    to address: SocketAddress, from origin: SocketAddress
  ) throws(SocketError) -> Socket {
    do throws(Errno) {
      let socket = Socket(owning: try Syscalls.newSocket(address.rawFamily))
      try Syscalls.bindTo(socket.descriptor, origin)
      try Syscalls.connectTo(socket.descriptor, address)
      return socket
    } catch {
      throw .system("cannot connect to \(address) from \(origin)", error)
    }
  }
}
