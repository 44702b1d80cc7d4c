import CMilterResolver

/// Asks DNS servers with the C library's `res_nquery`, which blocks and so needs its own threads.
struct SystemResolver: Sendable {
  /// The server to ask; `nil` for the servers of `/etc/resolv.conf`.
  let server: DNSServer?
  /// The maximum time of a server, in seconds.
  let timeout: Int
  let threads: LookupThreads

  /// Looks a name up, and calls back on one of the threads.
  func ask(_ name: String, _ land: @escaping @Sendable (Flight.Landing) -> Void) {
    let isTaken = threads.run(for: Self.zone(of: name)) { land(query(name)) }
    if !isTaken { land(.failure(LookupFailure(description: "too many lookups at a time"))) }
  }

  /// The list's zone: the labels after those of the client's address, 4 for IPv4 or 32 for IPv6.
  static func zone(of name: String) -> String {
    let labels = name.split(separator: ".")
    let isInet6 = labels.count > 32 && labels.prefix(32).allSatisfy { $0.count == 1 }
    return labels.dropFirst(isInet6 ? 32 : 4).joined(separator: ".")
  }

  private func query(_ name: String) -> Flight.Landing {
    var found = resolver_answer()
    // The dot at the end prevents the resolver from appending a domain of /etc/resolv.conf.
    let reason = resolver_ask(
      name + ".", server?.address, server?.port ?? 53, Int32(timeout), &found)
    if let reason { return .failure(LookupFailure(description: String(cString: reason))) }
    guard found.count > 0 else { return .success(LookupAnswer()) }
    let addresses = withUnsafeBytes(of: &found.addresses) { bytes in
      (0..<Int(found.count)).map { number in
        InetAddress(bytes[(4 * number)..<(4 * number + 4)])
      }
    }
    let lifetime = Duration.seconds(Int64(found.seconds))
    return .success(LookupAnswer(addresses: addresses, lifetime: lifetime))
  }
}
