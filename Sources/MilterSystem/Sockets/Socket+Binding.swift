import MilterPlatform

extension Socket {
  /// Makes a socket that has an address, and neither listens nor is connected.
  ///
  /// The system gives nobody else the address, except to listen on with `SO_REUSEADDR`.
  /// The corresponding C function is `bind`.
  ///
  /// - Throws: ``SocketError`` if this machine does not have the address, or it is taken.
  package static func holding(_ address: SocketAddress) throws(SocketError) -> Socket {
    do throws(Errno) {
      let socket = Socket(owning: try Syscalls.newSocket(address.rawFamily))
      try Syscalls.setOption(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, Int32(1))
      try Syscalls.bindTo(socket.descriptor, address)
      return socket
    } catch {
      throw .system("cannot take the address \(address)", error)
    }
  }

  /// Connects from an address of this machine; waits as long as the system does.
  ///
  /// - Parameters:
  ///   - address: Where the server listens.
  ///   - origin: The address to come from; port 0 is any free one.
  /// - Returns: A blocking socket.
  /// - Throws: ``SocketError`` if the server refuses, or there is no such address to come from.
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
