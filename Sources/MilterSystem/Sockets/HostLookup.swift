/// Looks up hosts for callers that cannot wait as long as the system does.
///
/// The system's own look-up cannot be interrupted, so it runs on a thread. Callers that ask for the same host
/// at the same time share one thread.
final class HostLookup: Sendable {
  /// The one that connections use.
  static let shared = HostLookup { spec throws(SocketError) in try spec.resolve(for: .connecting) }

  private let lookUp: @Sendable (SocketSpec) throws(SocketError) -> [SocketAddress]
  private let pending = SystemMutex<[String: Pending]>([:])

  /// A look-up under way.
  private final class Pending: Sendable {
    let result = SystemMutex<Result<[SocketAddress], SocketError>?>(nil)
    /// Readable as soon as there is a result.
    let bell: Socket
    let clapper: Socket

    init() throws(SocketError) { (bell, clapper) = try Socket.socketPair() }
  }

  /// - Parameter lookUp: Finds the addresses, however long that takes.
  init(_ lookUp: @escaping @Sendable (SocketSpec) throws(SocketError) -> [SocketAddress]) {
    self.lookUp = lookUp
  }

  /// Finds the addresses of a spec.
  ///
  /// - Parameters:
  ///   - spec: Where to connect to.
  ///   - deadline: When the addresses are of no more use.
  /// - Returns: The addresses, at least one.
  /// - Throws: ``SocketError`` with the code `timedOut` if they are not known by then; what looking them up
  ///   throws.
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

  /// The look-up under way for a spec; begins one if there is none.
  private func join(_ spec: SocketSpec) throws(SocketError) -> Pending {
    let key = spec.description
    let new = try Pending()
    let (pending, isNew) = pending.withLock { all in
      if let pending = all[key] { return (pending, false) }
      all[key] = new
      return (new, true)
    }
    guard isNew else { return pending }
    do throws(SocketError) {
      try DetachedThread.start(stackSize: Self.stackSize) { [self] in
        let result = Result { () throws(SocketError) in try lookUp(spec) }
        finish(key, pending, result)
      }
    } catch {
      finish(key, pending, .failure(error))
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
  /// Whether a name server may have to be asked for the address.
  fileprivate var hasHostName: Bool {
    guard case .inet(let family, let host?, _) = target else { return false }
    return AddressLiteral.canonical(host[...], family) == nil
  }
}
