import MilterPlatform

extension Socket {
  /// Creates two connected sockets.
  ///
  /// The corresponding C function is `socketpair`.
  ///
  /// - Returns: Both ends, blocking and closed on exec.
  /// - Throws: ``SocketError`` if the system has no descriptors left.
  package static func socketPair() throws(SocketError) -> (Socket, Socket) {
    do throws(Errno) {
      let (first, second) = try Syscalls.newSocketPair()
      return (Socket(owning: first), Socket(owning: second))
    } catch {
      throw .system("cannot create a pair of sockets", error)
    }
  }

  /// Connects to a server; each address of a host is tried in turn.
  ///
  /// The corresponding C function is `connect`.
  ///
  /// - Parameters:
  ///   - spec: The server's socket; without a host, on this machine.
  ///   - milliseconds: The maximum time for the lookup of the host and for all of its addresses together. Each
  ///     address has an equal share of the remaining time. With `nil`, the system's timeouts apply.
  /// - Returns: A blocking socket; over TCP, small packets are sent at once.
  /// - Throws: ``SocketError`` with the code `lookupFailed` if the host is unknown, `timedOut` if the name
  ///   server or the server does not answer, `systemCall` if the server refuses, or `invalidSpec` for `fd:N`.
  package static func connect(
    to spec: SocketSpec, milliseconds: Int? = nil
  ) throws(SocketError) -> Socket {
    guard let milliseconds else {
      return try connect(toFirstOf: spec.resolve(for: .connecting), of: spec, by: nil)
    }
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    return try connect(
      toFirstOf: HostLookup.shared.addresses(of: spec, by: deadline), of: spec, by: deadline)
  }

  /// Connects to the first address that answers.
  static func connect(
    toFirstOf addresses: [SocketAddress], of spec: SocketSpec, by deadline: ContinuousClock.Instant?
  ) throws(SocketError) -> Socket {
    var failure: SocketError?
    for (number, address) in addresses.enumerated() {
      do throws(SocketError) {
        let share = deadline.map { Int(Poll.remaining(until: $0)) / (addresses.count - number) }
        return try connect(to: address, milliseconds: share)
      } catch {
        failure = error
      }
    }
    throw failure ?? SocketError(.lookupFailed, "socket spec \"\(spec)\" has no address")
  }

  /// Connects to one address.
  ///
  /// - Parameters:
  ///   - address: The server's address.
  ///   - milliseconds: The maximum time; `nil` for the system's timeout.
  /// - Returns: A blocking socket; over TCP, small packets are sent at once.
  /// - Throws: ``SocketError`` with the code `timedOut` if the server does not answer, or `systemCall` if it
  ///   refuses.
  package static func connect(
    to address: SocketAddress, milliseconds: Int? = nil
  ) throws(SocketError) -> Socket {
    do throws(Errno) {
      let socket = Socket(owning: try Syscalls.newSocket(address.rawFamily))
      if address.family == .unix {
        try socket.connectUnix(to: address, milliseconds)
      } else {
        try socket.connectInternet(to: address, milliseconds)
      }
      return socket
    } catch {
      let code: SocketError.Code = error == .timedOut ? .timedOut : .systemCall
      throw .system("cannot connect to \(address)", error, code: code)
    }
  }

  /// Connects to a Unix-domain socket.
  ///
  /// A non-blocking connect would not wait for a place in the server's queue, so this call blocks, at most for
  /// the send timeout.
  private func connectUnix(to address: SocketAddress, _ milliseconds: Int?) throws(Errno) {
    if let milliseconds { try setSendTimeoutForConnecting(max(milliseconds, 1)) }
    while true {
      do throws(Errno) {
        try Syscalls.connectTo(descriptor, address)
        break
      } catch {
        if error == .wouldBlock { throw .timedOut }
        if error != .interrupted { throw error }
      }
    }
    if milliseconds != nil { try setSendTimeoutForConnecting(0) }
  }

  private func setSendTimeoutForConnecting(_ milliseconds: Int) throws(Errno) {
    let timeout = Syscalls.timeout(milliseconds: milliseconds)
    try Syscalls.setOption(descriptor, SOL_SOCKET, SO_SNDTIMEO, timeout)
  }

  /// Connects without blocking, because such a connect can wait with a limit, and continues after a signal.
  private func connectInternet(to address: SocketAddress, _ milliseconds: Int?) throws(Errno) {
    try Syscalls.setNonBlocking(descriptor, true)
    do throws(Errno) {
      try Syscalls.connectTo(descriptor, address)
    } catch {
      guard error == .nowInProgress || error == .interrupted else { throw error }
      let ready = try Poll.waitForEvents(descriptor, .writable, milliseconds: milliseconds)
      if ready.isEmpty { throw .timedOut }
      let outcome = try Syscalls.option(descriptor, SO_ERROR)
      if outcome != 0 { throw Errno(rawValue: outcome) }
    }
    try Syscalls.setNonBlocking(descriptor, false)
    try Syscalls.setOption(descriptor, Syscalls.tcpLevel, TCP_NODELAY, Int32(1))
  }
}
