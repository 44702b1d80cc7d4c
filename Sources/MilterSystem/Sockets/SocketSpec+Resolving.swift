import MilterPlatform

extension SocketSpec {
  /// The purpose of the addresses.
  package enum Purpose: Sendable {
    /// To listen: without a host, all interfaces.
    case listening
    /// To connect: without a host, the loopback interface.
    case connecting
  }

  /// Looks up host and service.
  ///
  /// The corresponding C function is `getaddrinfo`.
  ///
  /// - Parameter purpose: The purpose of the addresses.
  /// - Returns: The addresses in the system's order of preference, at least one.
  /// - Throws: ``SocketError`` with the code `lookupFailed` if the host or the service is unknown, or
  ///   `invalidSpec` for `fd:N`, which has no address.
  package func resolve(for purpose: Purpose) throws(SocketError) -> [SocketAddress] {
    switch target {
    case .unix(let path):
      return [try SocketAddress(path: path)]
    case .descriptor:
      throw SocketError(
        .invalidSpec,
        "socket spec \"\(self)\": an open descriptor has no address; write inet:PORT@HOST, "
          + "inet6:PORT@HOST or unix:/PATH")
    case .inet(let family, let host, let port):
      // Separately, because some systems report an unknown service as an unknown host.
      let number =
        switch port {
        case .number(let number): number
        case .service(let name): try serviceNumber(name)
        }
      return try addresses(family, host, number, purpose)
    }
  }

  private func serviceNumber(_ name: String) throws(SocketError) -> UInt16 {
    let found = Self.lookUp(host: nil, service: name, family: AF_UNSPEC, flags: AI_PASSIVE)
    guard case .success(let addresses) = found, let port = addresses.first?.port else {
      throw SocketError(
        .lookupFailed,
        "socket spec \"\(self)\": the service \"\(name)\" is not known here; write the number of "
          + "the port")
    }
    return port
  }

  private func addresses(
    _ family: Family, _ host: String?, _ port: UInt16, _ purpose: Purpose
  ) throws(SocketError) -> [SocketAddress] {
    var flags = AI_NUMERICSERV
    if purpose == .listening { flags |= AI_PASSIVE }
    if let host, AddressLiteral.canonical(host[...], family) != nil { flags |= AI_NUMERICHOST }
    let found = Self.lookUp(
      host: host, service: String(port), family: family == .inet ? AF_INET : AF_INET6, flags: flags)
    switch found {
    case .success(let addresses): return addresses
    case .failure(let failure):
      let kind = family == .inet ? "IPv4" : "IPv6"
      throw SocketError(
        .lookupFailed,
        "socket spec \"\(self)\": the host \"\(host ?? "")\" has no \(kind) address: "
          + "\(failure.text); write a host that resolves, or its address",
        underlying: failure.underlying)
    }
  }

  private struct LookUpFailure: Error {
    let text: String
    let underlying: Errno?
  }

  private static func lookUp(
    host: String?, service: String, family: Int32, flags: Int32
  ) -> Result<[SocketAddress], LookUpFailure> {
    var hints = addrinfo()
    hints.ai_family = family
    hints.ai_socktype = Syscalls.stream
    hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, service, &hints, &list)
    guard status == 0 else {
      let underlying = status == EAI_SYSTEM ? Errno.current : nil
      return .failure(
        LookUpFailure(text: String(cString: gai_strerror(status)), underlying: underlying))
    }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let address = entry.pointee.ai_addr {
        let copy = SocketAddress(copying: address, length: entry.pointee.ai_addrlen)
        if !addresses.contains(copy) { addresses.append(copy) }
      }
      next = entry.pointee.ai_next
    }
    guard !addresses.isEmpty else {
      return .failure(LookUpFailure(text: "no address", underlying: nil))
    }
    return .success(addresses)
  }
}
