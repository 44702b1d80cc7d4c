import MilterPlatform

extension Socket {
  /// Sets the maximum time that a read waits for the first byte.
  ///
  /// The corresponding C option is `SO_RCVTIMEO`.
  ///
  /// - Parameter milliseconds: The time; 0 means no limit.
  /// - Throws: ``SocketError`` if the system refuses.
  package func setReceiveTimeout(milliseconds: Int) throws(SocketError) {
    precondition(milliseconds >= 0, "a timeout cannot be negative")
    try set(
      SOL_SOCKET, SO_RCVTIMEO, Syscalls.timeout(milliseconds: milliseconds), "the receive time-out")
  }

  /// Sets the maximum time that a write waits for the peer.
  ///
  /// The corresponding C option is `SO_SNDTIMEO`.
  ///
  /// - Parameter milliseconds: The time; 0 means no limit.
  /// - Throws: ``SocketError`` if the system refuses.
  package func setSendTimeout(milliseconds: Int) throws(SocketError) {
    precondition(milliseconds >= 0, "a timeout cannot be negative")
    try set(
      SOL_SOCKET, SO_SNDTIMEO, Syscalls.timeout(milliseconds: milliseconds), "the send time-out")
  }

  /// Sends small packets at once instead of waiting for more; for TCP only.
  ///
  /// The corresponding C option is `TCP_NODELAY`.
  ///
  /// - Throws: ``SocketError`` if the system refuses, as for a Unix-domain socket.
  package func setNoDelay() throws(SocketError) {
    try set(Syscalls.tcpLevel, TCP_NODELAY, Int32(1), "TCP_NODELAY")
  }

  /// Acknowledges the input at once, and not together with later output; for TCP only.
  ///
  /// Until the acknowledgment, a peer may hold back its next small packet (RFC 896). The option applies once.
  /// If the system lacks it, this method does nothing. The corresponding C option is `TCP_QUICKACK`.
  ///
  /// - Throws: ``SocketError`` if the system refuses, as for a Unix-domain socket.
  package func confirm() throws(SocketError) {
    #if !canImport(Darwin)
      try set(Syscalls.tcpLevel, TCP_QUICKACK, Int32(1), "TCP_QUICKACK")
    #endif
  }

  /// Makes the system check regularly that a silent peer still exists.
  ///
  /// The corresponding C option is `SO_KEEPALIVE`.
  ///
  /// - Throws: ``SocketError`` if the system refuses.
  package func setKeepAlive() throws(SocketError) {
    try set(SOL_SOCKET, SO_KEEPALIVE, Int32(1), "SO_KEEPALIVE")
  }

  /// The directions that can be shut down.
  package enum Direction: Hashable, Sendable {
    /// Input: a blocked read returns the end of the stream.
    case reading
    /// Output: the peer sees the end of the stream.
    case writing
    /// Both.
    case both
  }

  /// Shuts down one or both directions of the connection, without closing the descriptor.
  ///
  /// It is not an error if the peer has already closed the connection. The corresponding C function is
  /// `shutdown`.
  ///
  /// - Parameter direction: The direction.
  /// - Throws: ``SocketError`` if the descriptor is closed.
  package func shutdown(_ direction: Direction = .both) throws(SocketError) {
    let how =
      switch direction {
      case .reading: Syscalls.shutRead
      case .writing: Syscalls.shutWrite
      case .both: Syscalls.shutBoth
      }
    do throws(Errno) {
      try Syscalls.shutDown(descriptor, how)
    } catch {
      if error != .notConnected { throw .system("cannot shut the connection down", error) }
    }
  }

  /// The local address.
  ///
  /// The corresponding C function is `getsockname`.
  ///
  /// - Throws: ``SocketError`` if the descriptor is closed.
  package var localAddress: SocketAddress {
    get throws(SocketError) {
      do throws(Errno) {
        return try Syscalls.localAddress(descriptor)
      } catch {
        throw .system("cannot get the local address", error)
      }
    }
  }

  private func set<Value: BitwiseCopyable>(
    _ level: Int32, _ name: Int32, _ value: Value, _ what: String
  ) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.setOption(descriptor, level, name, value)
    } catch {
      throw .system("cannot set \(what)", error)
    }
  }
}
