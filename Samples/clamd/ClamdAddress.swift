import MilterPlatform

/// The address where clamd listens.
enum ClamdAddress {
  case path(String)
  case host(String, port: String)

  /// Reads a path, absolute or relative, or `HOST:PORT`.
  ///
  /// A text with a slash or without a colon is a path.
  init(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), !text.contains("/") else {
      self = .path(text)
      return
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    self = .host(String(host), port: String(text[text.index(after: colon)...]))
  }

  private var text: String {
    switch self {
    case .path(let path): path
    case .host(let host, let port): "\(host):\(port)"
    }
  }

  /// Connects to clamd.
  ///
  /// - Parameter seconds: how long that may take, over all addresses that a host has; the resolver
  ///   has timeouts of its own.
  /// - Returns: a socket that does not block.
  /// - Throws: ``ClamdScan/Failure`` with the address and the reason.
  func connect(seconds: Int) throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(seconds)
    switch self {
    case .path(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
        throw failure(String(cString: strerror(ENAMETOOLONG)))
      }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let socket = withUnsafeBytes(of: &address) { Self.connect(AF_UNIX, $0, deadline) }
      guard socket >= 0 else { throw failure(String(cString: strerror(errno))) }
      return socket
    case .host(let host, let port):
      var hints = addrinfo()
      hints.ai_socktype = Self.stream
      var found: UnsafeMutablePointer<addrinfo>?
      let error = getaddrinfo(host, port, &hints, &found)
      guard error == 0 else { throw failure(String(cString: gai_strerror(error))) }
      defer { freeaddrinfo(found) }
      var next = found
      while let entry = next?.pointee {
        let address = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
        let socket = Self.connect(entry.ai_family, address, deadline)
        if socket >= 0 { return socket }
        next = entry.ai_next
      }
      throw failure(String(cString: strerror(errno)))
    }
  }

  private func failure(_ reason: String) -> ClamdScan.Failure {
    .init(description: "connect \(text): \(reason)")
  }

  /// Connects to one address; returns -1 if that fails, with the reason in `errno`.
  private static func connect(
    _ family: Int32, _ address: UnsafeRawBufferPointer, _ deadline: ContinuousClock.Instant
  ) -> Int32 {
    let (seconds, attoseconds) = ContinuousClock.now.duration(to: deadline).components
    let socket = socket(family, stream, 0)
    guard socket >= 0 else { return -1 }
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    // On Linux this also limits `connect`, even where the queue of a Unix-domain socket is full.
    // No time at all would mean no limit.
    var limit = timeval(
      tv_sec: numericCast(max(0, seconds)),
      tv_usec: numericCast(max(1, attoseconds / 1_000_000_000_000)))
    setsockopt(
      socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let name = address.baseAddress?.assumingMemoryBound(to: sockaddr.self)
    if systemConnect(socket, name, socklen_t(address.count)) == 0,
      fcntl(socket, F_SETFL, O_NONBLOCK) == 0
    {
      return socket
    }
    // The two ways in which the system reports that the limit was reached.
    let reason = errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno
    close(socket)
    errno = reason
    return -1
  }

  #if canImport(Darwin)
    private static let stream = SOCK_STREAM
  #else
    private static let stream = Int32(SOCK_STREAM.rawValue)
  #endif
}

/// The system's `connect`, which methods of that name hide.
private let systemConnect = connect
