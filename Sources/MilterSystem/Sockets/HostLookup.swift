/// Looks up hosts for callers with a deadline.
///
/// The system's lookup cannot be interrupted, so it runs on a thread. Callers that ask for the same host at the
/// same time share one thread.
final class HostLookup: Sendable {
  /// The instance for connections.
  static let shared = HostLookup { spec throws(SocketError) in try spec.resolve(for: .connecting) }

  private let lookUp: @Sendable (SocketSpec) throws(SocketError) -> [SocketAddress]
  private let pending = SystemMutex<[String: Pending]>([:])

  /// A lookup in progress.
  private final class Pending: Sendable {
    let result = SystemMutex<Result<[SocketAddress], SocketError>?>(nil)
    /// Readable when there is a result.
    let bell: Socket
    let clapper: Socket

    init() throws(SocketError) { (bell, clapper) = try Socket.socketPair() }
  }

  /// - Parameter lookUp: Finds the addresses, in any time.
  init(_ lookUp: @escaping @Sendable (SocketSpec) throws(SocketError) -> [SocketAddress]) {
    self.lookUp = lookUp
  }

  /// Returns the addresses of a specification.
  ///
  /// - Parameters:
  ///   - spec: The socket to connect to.
  ///   - deadline: The time after which the addresses are useless.
  /// - Returns: The addresses, at least one.
  /// - Throws: ``SocketError`` with the code `timedOut` after the deadline, or an error of the lookup.
  func addresses(
    of spec: SocketSpec, by deadline: ContinuousClock.Instant
  ) throws(SocketError) -> [SocketAddress] {
    guard spec.hasHostName else { return try lookUp(spec) }
    let pending = try join(spec)
    _ = try Poll.wait(pending.bell.descriptor, .readable, until: deadline)
    guard let result = pending.result.withLock({ $0 }) else {
      throw SocketError(
        .timedOut,
        "socket spec \"\(spec)\": the system has not found the host's address in time; write the "
          + "address")
    }
    return try result.get()
  }

  /// Returns the lookup in progress for a specification; begins one if necessary.
  private func join(_ spec: SocketSpec) throws(SocketError) -> Pending {
    let key = spec.description
    let new = try Pending()
    let (pending, isNew) = pending.withLock { all in
      if let pending = all[key] { return (pending, false) }
      all[key] = new
      return (new, true)
    }
    guard isNew else { return pending }
    do throws(ThreadError) {
      try DetachedThread.start(stackSize: Self.stackSize) { [self] in
        let result = Result { () throws(SocketError) in try lookUp(spec) }
        finish(key, pending, result)
      }
    } catch {
      finish(
        key, pending,
        .failure(
          SocketError(
            .lookupFailed, "socket spec \"\(spec)\": \(error)", underlying: error.underlying)))
    }
    return pending
  }

  private func finish(
    _ key: String, _ pending: Pending, _ result: Result<[SocketAddress], SocketError>
  ) {
    self.pending.withLock { $0[key] = nil }
    pending.result.withLock { $0 = result }
    pending.clapper.close()
  }

  /// The system's resolver keeps its buffers on the stack.
  private static let stackSize = 512 << 10
}

extension SocketSpec {
  /// Whether the address may need a request to a name server.
  fileprivate var hasHostName: Bool {
    guard case .inet(let family, let host?, _) = target else { return false }
    return AddressLiteral.canonical(host[...], family) == nil
  }
}
