import MilterPlatform

extension ListeningSocket {
  /// Takes ownership of a listening socket that was open when the program started.
  static func adopt(_ number: Int32) throws(SocketError) -> Socket {
    let listens: Bool
    do throws(Errno) {
      listens = try Syscalls.option(number, SO_ACCEPTCONN) != 0
    } catch {
      let what =
        switch error {
        case .badFileDescriptor: "no descriptor \(number) is open"
        case .notSocket: "descriptor \(number) is not a socket"
        default: "descriptor \(number) cannot be used (\(error))"
        }
      throw SocketError(
        error == .notSocket ? .notSocket : .invalidDescriptor,
        "fd:\(number): \(what); start the program with a listening socket there",
        underlying: error)
    }
    guard listens else {
      throw SocketError(
        .invalidDescriptor,
        "fd:\(number): the socket does not listen; call listen() before handing it over")
    }
    do throws(Errno) {
      try Syscalls.setCloseOnExec(number)
      try Syscalls.setNonBlocking(number, true)
    } catch {
      throw .system("fd:\(number): cannot prepare the socket", error)
    }
    return Socket(owning: number)
  }

  /// Creates a TCP socket and listens.
  static func openInternet(_ spec: SocketSpec, backlog: Int32) throws(SocketError) -> Socket {
    guard let address = try spec.resolve(for: .listening).first else {
      throw SocketError(.lookupFailed, "socket spec \"\(spec)\" has no address")
    }
    do throws(Errno) {
      let socket = Socket(owning: try Syscalls.newSocket(address.rawFamily))
      let descriptor = socket.descriptor
      // Connections of a previous process in TIME_WAIT must not prevent a restart.
      try Syscalls.setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, Int32(1))
      if address.family == .inet6 {
        // So that inet:PORT and inet6:PORT can be used together.
        try Syscalls.setOption(descriptor, Syscalls.ipv6Level, IPV6_V6ONLY, Int32(1))
      }
      try Syscalls.setNonBlocking(descriptor, true)
      try Syscalls.bindTo(descriptor, address)
      try Syscalls.startListening(descriptor, backlog)
      return socket
    } catch {
      throw refusal(spec, error)
    }
  }

  private static func refusal(_ spec: SocketSpec, _ error: Errno) -> SocketError {
    let action = "cannot listen on \(spec)"
    switch error {
    case .addressInUse:
      return SocketError(
        .addressInUse, "\(action): the port is already in use by a running server",
        underlying: error)
    case .addressNotAvailable:
      return SocketError(
        .addressNotAvailable, "\(action): no interface of this machine has that address",
        underlying: error)
    case .permissionDenied:
      return SocketError(
        .permissionDenied, "\(action): ports below 1024 need root; choose a higher one",
        underlying: error)
    default:
      return .system(action, error)
    }
  }
}

extension Errno {
  /// Whether `accept` failed only for the current connection, so that the next one may succeed.
  ///
  /// On Linux, `accept` returns network errors of the new connection; see accept(2).
  var spoilsOneConnection: Bool {
    [
      ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENOPROTOOPT,
    ].contains(rawValue)
  }
}
