import CMilterResolver

/// Asks DNS servers by the C library's `res_nquery`, which blocks, on threads of its own.
struct SystemResolver: Sendable {
  /// The server to ask; `nil` for those of `/etc/resolv.conf`.
  let server: DNSServer?
  /// How many seconds a server may take.
  let patience: Int
  let threads: LookupThreads

  /// Looks a name up and calls back, on one of the threads.
  func ask(_ name: String, _ land: @escaping @Sendable (Flight.Landing) -> Void) {
    let isTaken = threads.run(for: Self.zone(of: name)) { land(query(name)) }
    if !isTaken { land(.failure(LookupFailure(description: "too many look-ups at a time"))) }
  }

  /// The list's zone: what follows the digits of the address, 4 of IPv4 or 32 of IPv6.
  static func zone(of name: String) -> String {
    let labels = name.split(separator: ".")
    let isInet6 = labels.count > 32 && labels.prefix(32).allSatisfy { $0.count == 1 }
    return labels.dropFirst(isInet6 ? 32 : 4).joined(separator: ".")
  }

  private func query(_ name: String) -> Flight.Landing {
    var found = resolver_answer()
    if let reason = resolver_ask(
      // A dot at the end: the name is complete.
      name + ".", server?.address, server?.port ?? 53, Int32(patience), &found)
    {
      return .failure(LookupFailure(description: String(cString: reason)))
    }
    var answer = LookupAnswer()
    guard found.count > 0 else { return .success(answer) }
    answer.lifetime = .seconds(Int64(found.seconds))
    answer.addresses = withUnsafeBytes(of: &found.addresses) { bytes in
      (0..<Int(found.count)).map { InetAddress(bytes[$0 * 4..<$0 * 4 + 4]) }
    }
    return .success(answer)
  }
}
