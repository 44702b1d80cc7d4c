import MilterPlatform

/// A socket that takes connections.
///
/// It is non-blocking and closed on exec. Closing it does not remove the file of a Unix socket:
/// that is ``unlinkIfOurs()``, so that a parent which forked leaves its child's socket alone.
///
/// The corresponding libmilter function is `smfi_opensocket`.
package final class ListeningSocket: Sendable {
  /// The specification that the socket was made from.
  package let spec: SocketSpec

  /// The address where it listens; for port 0 with the port that the system chose.
  package let localAddress: SocketAddress

  private let socket: Socket
  private let file: UnixSocketFile?

  /// Opens a socket and listens.
  ///
  /// A file at the path of a Unix socket is removed only if it is a socket that nobody listens
  /// on. If a host has several addresses, the socket listens on the first, as in libmilter.
  ///
  /// - Parameters:
  ///   - spec: Where to listen.
  ///   - options: How.
  /// - Throws: ``SocketError`` with the code `addressInUse` if a running server listens there,
  ///   `pathInTheWay` if the path is taken by something that is not removed, `noSuchDirectory` if its
  ///   directory is missing, `permissionDenied` if the user may not, `addressNotAvailable` if the
  ///   machine lacks the address, `notSocket` or `invalidDescriptor` if `fd:N` is not a listening
  ///   socket, `lookupFailed` if the host or service is not known, `unknownGroup` if the group is
  ///   not, `systemCall` for everything else.
  package init(_ spec: SocketSpec, options: Options = Options()) throws(SocketError) {
    self.spec = spec
    switch spec.target {
    case .descriptor(let number):
      socket = try Self.adopt(number)
      file = nil
      localAddress = try socket.localAddress
    case .unix(let path):
      let group = try options.group.map { name throws(SocketError) in
        try SystemAccounts.groupNumber(name)
      }
      // The usual umask would keep out the very group that is named.
      let mode = options.mode ?? (group == nil ? nil : 0o660)
      (socket, file) = try UnixSocketFile.open(
        path, mode: mode, group: group, backlog: options.backlog)
      localAddress = try SocketAddress(path: path)
    case .inet:
      socket = try Self.openInternet(spec, backlog: options.backlog)
      file = nil
      localAddress = try socket.localAddress
    }
  }

  /// The descriptor, to wait for connections; -1 after ``close()``.
  package var descriptor: Int32 { socket.descriptor }

  /// Takes the next connection that is waiting.
  ///
  /// The corresponding C function is `accept`.
  ///
  /// - Returns: A blocking socket, with TCP_NODELAY and SO_KEEPALIVE if it is a TCP connection; or
  ///   nil when nobody waits.
  /// - Throws: ``SocketError``. Its `underlying` is `EMFILE` or `ENFILE` for a lack of descriptors, which is
  ///   temporary.
  package func accept() throws(SocketError) -> Socket? {
    while true {
      do throws(Errno) {
        let connection = Socket(owning: try Syscalls.acceptConnection(descriptor))
        if localAddress.family != .unix {
          // A peer that has already gone may make these fail; the first read then reports it.
          try? connection.setNoDelay(true)
          try? connection.setKeepAlive(true)
        }
        return connection
      } catch {
        if error == .wouldBlock { return nil }
        // The connection at hand is lost; others may be waiting after it.
        if error.spoilsOneConnection { continue }
        throw .system("cannot accept a connection on \(localAddress)", error)
      }
    }
  }

  /// Removes the file of a Unix socket, if it is still the one made here.
  ///
  /// To be called before ``close()``: while the socket is open, no other file gets its inode.
  ///
  /// - Returns: Whether the file was removed.
  @discardableResult
  package func unlinkIfOurs() -> Bool {
    guard descriptor != -1, let file else { return false }
    return file.removeIfUnchanged()
  }

  /// Stops listening; further calls do nothing.
  package func close() {
    socket.close()
  }
}
