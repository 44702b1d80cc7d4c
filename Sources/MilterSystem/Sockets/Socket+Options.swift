import MilterPlatform

extension Socket {
  /// Sets how long a read waits for the first byte.
  ///
  /// The corresponding C option is `SO_RCVTIMEO`.
  ///
  /// - Parameter milliseconds: The time; 0 means no limit.
  /// - Throws: ``SocketError`` if the system refuses.
  package func setReceiveTimeout(milliseconds: Int) throws(SocketError) {
    precondition(milliseconds >= 0, "a time-out cannot be negative")
    try set(
      SOL_SOCKET, SO_RCVTIMEO, Syscalls.timeout(milliseconds: milliseconds), "the receive time-out")
  }

  /// Sets how long a write waits for the peer to take bytes.
  ///
  /// The corresponding C option is `SO_SNDTIMEO`.
  ///
  /// - Parameter milliseconds: The time; 0 means no limit.
  /// - Throws: ``SocketError`` if the system refuses.
  package func setSendTimeout(milliseconds: Int) throws(SocketError) {
    precondition(milliseconds >= 0, "a time-out cannot be negative")
    try set(
      SOL_SOCKET, SO_SNDTIMEO, Syscalls.timeout(milliseconds: milliseconds), "the send time-out")
  }

  /// Sends small packets at once instead of waiting for more; for TCP only.
  ///
  /// The corresponding C option is `TCP_NODELAY`.
  ///
  /// - Parameter on: Whether the system checks.
  /// - Throws: ``SocketError`` if the system refuses, as for a Unix socket.
  package func setNoDelay(_ on: Bool) throws(SocketError) {
    try set(Syscalls.tcpLevel, TCP_NODELAY, Int32(on ? 1 : 0), "TCP_NODELAY")
  }

  /// Confirms what was read now, not later with what is written; for TCP only.
  ///
  /// A peer may hold its next small packet back until then (RFC 896). It holds for this once; where
  /// the system has no such option, nothing happens.
  /// The corresponding C option is `TCP_QUICKACK`.
  ///
  /// - Throws: ``SocketError`` if the system refuses, as for a Unix socket.
  package func confirm() throws(SocketError) {
    #if !canImport(Darwin)
      try set(Syscalls.tcpLevel, TCP_QUICKACK, Int32(1), "TCP_QUICKACK")
    #endif
  }

  /// Makes the system check from time to time that a silent peer still exists.
  ///
  /// The corresponding C option is `SO_KEEPALIVE`.
  ///
  /// - Parameter on: Whether the system checks.
  /// - Throws: ``SocketError`` if the system refuses.
  package func setKeepAlive(_ on: Bool) throws(SocketError) {
    try set(SOL_SOCKET, SO_KEEPALIVE, Int32(on ? 1 : 0), "SO_KEEPALIVE")
  }

  /// Makes calls return at once instead of waiting.
  ///
  /// The corresponding C constant is `O_NONBLOCK`.
  ///
  /// - Parameter on: Whether the system checks.
  /// - Throws: ``SocketError`` if the system refuses.
  package func setNonBlocking(_ on: Bool) throws(SocketError) {
    do throws(Errno) {
      try Syscalls.setNonBlocking(descriptor, on)
    } catch {
      throw .system("cannot set O_NONBLOCK", error)
    }
  }

  /// The directions that can be shut down.
  package enum Direction: Hashable, Sendable {
    /// Reading; a blocked read returns the end of the stream.
    case reading
    /// Writing; the peer sees the end of the stream.
    case writing
    /// Both.
    case both
  }

  /// Ends the connection in one or both directions and keeps the descriptor.
  ///
  /// A connection that the peer has ended already is no error.
  /// The corresponding C function is `shutdown`.
  ///
  /// - Parameter direction: What ends.
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

  /// The address of this end.
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

  /// The address of the other end.
  ///
  /// The corresponding C function is `getpeername`.
  ///
  /// - Throws: ``SocketError`` if the descriptor is closed, or the peer is gone.
  package var peerAddress: SocketAddress {
    get throws(SocketError) {
      do throws(Errno) {
        return try Syscalls.peerAddress(descriptor)
      } catch {
        throw .system("cannot get the peer's address", error)
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
