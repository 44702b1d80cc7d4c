import Foundation

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

  /// Opens a connection to clamd.
  ///
  /// - Parameter seconds: The maximum time for all addresses of a host. The resolver has its own timeouts.
  /// - Returns: A nonblocking socket.
  /// - Throws: ``ClamdScan/Failure`` with the address and the reason.
  func openSocket(seconds: Int) throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(seconds)
    switch self {
    case .path(let path): return try openUnixSocket(path, deadline)
    case .host(let host, let port): return try openInternetSocket(host, port, deadline)
    }
  }

  private func openUnixSocket(
    _ path: String, _ deadline: ContinuousClock.Instant
  ) throws -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw failure(Self.reason(ENAMETOOLONG))
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let descriptor = withUnsafeBytes(of: &address) { Self.attempt(AF_UNIX, $0, deadline) }
    guard descriptor >= 0 else { throw failure(Self.reason(errno)) }
    return descriptor
  }

  private func openInternetSocket(
    _ host: String, _ port: String, _ deadline: ContinuousClock.Instant
  ) throws -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Self.stream
    var found: UnsafeMutablePointer<addrinfo>?
    let error = getaddrinfo(host, port, &hints, &found)
    guard error == 0 else { throw failure(String(cString: gai_strerror(error))) }
    defer { freeaddrinfo(found) }
    var next = found
    while let entry = next?.pointee {
      let address = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
      let descriptor = Self.attempt(entry.ai_family, address, deadline)
      if descriptor >= 0 { return descriptor }
      next = entry.ai_next
    }
    throw failure(Self.reason(errno))
  }

  private func failure(_ reason: String) -> ClamdScan.Failure {
    ClamdScan.Failure(description: "connect \(text): \(reason)")
  }

  private static func reason(_ error: Int32) -> String { String(cString: strerror(error)) }

  /// Connects to one address.
  ///
  /// - Returns: A nonblocking socket; -1 for a failure, with the reason in `errno`.
  private static func attempt(
    _ family: Int32, _ address: UnsafeRawBufferPointer, _ deadline: ContinuousClock.Instant
  ) -> Int32 {
    let descriptor = socket(family, stream, 0)
    guard descriptor >= 0 else { return -1 }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    limitSending(descriptor, to: ContinuousClock.now.duration(to: deadline))
    let name = address.baseAddress?.assumingMemoryBound(to: sockaddr.self)
    if connect(descriptor, name, socklen_t(address.count)) == 0,
      fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0
    {
      return descriptor
    }
    // The system reports an expired timeout in two ways.
    let hasTimedOut = errno == EINPROGRESS || errno == EAGAIN
    let reason = hasTimedOut ? ETIMEDOUT : errno
    close(descriptor)
    errno = reason
    return -1
  }

  /// Sets the send timeout, which on Linux also limits `connect`, even if the queue of a Unix-domain socket is
  /// full.
  private static func limitSending(_ descriptor: Int32, to time: Duration) {
    let (seconds, attoseconds) = time.components
    // A timeout of zero would mean no timeout.
    var limit = timeval(
      tv_sec: numericCast(max(0, seconds)),
      tv_usec: numericCast(max(1, attoseconds / 1_000_000_000_000)))
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  /// The type of a byte stream, which is an enumeration in the header of glibc.
  private static let stream = Int32(SOCK_STREAM.rawValue)
}
