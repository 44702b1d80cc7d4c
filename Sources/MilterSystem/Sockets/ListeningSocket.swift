import MilterPlatform

/// A listening socket.
///
/// It is non-blocking and closed on exec. Closing it does not remove the file of a Unix-domain socket, so that
/// a parent process does not remove its child's socket. ``unlinkIfOurs()`` removes the file.
///
/// The corresponding libmilter function is `smfi_opensocket`.
package final class ListeningSocket: Sendable {
  /// The specification of the socket.
  package let spec: SocketSpec

  /// The local address; if the port was 0, with the port that the system chose.
  package let localAddress: SocketAddress

  private let socket: Socket
  private let file: UnixSocketFile?

  /// Opens a socket and listens.
  ///
  /// A file at the path of a Unix-domain socket is removed only if it is a socket on which no process listens.
  /// If a host has several addresses, the socket listens on the first one, as in libmilter.
  ///
  /// - Parameters:
  ///   - spec: The specification of the socket.
  ///   - options: The options.
  /// - Throws: ``SocketError`` with one of these codes: `addressInUse` if a server already listens there,
  ///   `pathInTheWay` if another file is at the path, `noSuchDirectory` if its directory is missing,
  ///   `permissionDenied` if the user lacks the permission, `addressNotAvailable` if the machine lacks the
  ///   address, `notSocket` or `invalidDescriptor` if `fd:N` is not a listening socket, `lookupFailed` if the
  ///   host or service is unknown, `unknownGroup` if the group is unknown, and `systemCall` for all other
  ///   errors.
  package init(_ spec: SocketSpec, options: Options = Options()) throws(SocketError) {
    self.spec = spec
    switch spec.target {
    case .descriptor(let number):
      socket = try Self.adopt(number)
      file = nil
      localAddress = try socket.localAddress
    case .unix(let path):
      let group = try options.group.map(Self.groupNumber)
      // The usual umask would exclude this group.
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

  private static func groupNumber(_ name: String) throws(SocketError) -> gid_t {
    do throws(AccountError) {
      return try SystemAccounts.groupNumber(name)
    } catch {
      if let underlying = error.underlying {
        throw .system("cannot look up the group \"\(name)\"", underlying)
      }
      throw SocketError(.unknownGroup, error.message)
    }
  }

  /// The descriptor, so that you can wait for connections; -1 after ``close()``.
  package var descriptor: Int32 { socket.descriptor }

  /// Accepts the next waiting connection.
  ///
  /// The corresponding C function is `accept`.
  ///
  /// - Returns: A blocking socket, with TCP_NODELAY and SO_KEEPALIVE if it is a TCP connection; `nil` if no
  ///   connection is waiting.
  /// - Throws: ``SocketError``. Its `underlying` error is `EMFILE` or `ENFILE` for a lack of descriptors, which
  ///   is temporary.
  package func accept() throws(SocketError) -> Socket? {
    while true {
      do throws(Errno) {
        let connection = Socket(owning: try Syscalls.acceptConnection(descriptor))
        if localAddress.family != .unix {
          // If the peer has already closed the connection, these may fail, and the first read reports it.
          try? connection.setNoDelay()
          try? connection.setKeepAlive()
        }
        return connection
      } catch {
        if error == .wouldBlock { return nil }
        // This connection is lost, but others may be waiting.
        if error.spoilsOneConnection { continue }
        throw .system("cannot accept a connection on \(localAddress)", error)
      }
    }
  }

  /// Removes the file of a Unix-domain socket, if it is still the one that was created here.
  ///
  /// Must be called before ``close()``: while the socket is open, no other file gets its inode.
  ///
  /// - Returns: Whether the file was removed.
  @discardableResult
  package func unlinkIfOurs() -> Bool {
    guard descriptor != -1, let file else { return false }
    return file.removeIfUnchanged()
  }

  /// Stops listening; further calls have no effect.
  package func close() {
    socket.close()
  }
}
