import MilterPlatform

/// The system calls of this module, with names that do not hide those of the C library.
///
/// Calls that differ between systems are in the files next to this one, with equal signatures.
@usableFromInline package enum Syscalls {
  /// Repeats a call until no signal interrupts it; -1 becomes the error number at once.
  ///
  /// - Parameter call: The call, which sets `errno` if it fails.
  /// - Returns: The result of the call.
  /// - Throws: Any error number except `EINTR`.
  @inline(__always)
  package static func retrying<Value: SignedInteger>(_ call: () -> Value) throws(Errno) -> Value {
    while true {
      let value = call()
      if value != -1 { return value }
      let error = Errno.current
      if error != .interrupted { throw error }
    }
  }

  /// Makes a call once; -1 becomes the error number at once.
  static func once(_ call: () -> Int32) throws(Errno) {
    if call() == -1 { throw Errno.current }
  }

  /// Closes a descriptor exactly once, because on Linux it is closed even after EINTR, and another thread may
  /// already have its number.
  static func closeDescriptor(_ descriptor: Int32) {
    _ = close(descriptor)
  }

  /// Returns the number of bytes that can be read from a socket at once; 0 if this is unknown.
  static func waitingCount(_ descriptor: Int32) -> Int {
    var count: CInt = 0
    return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
  }

  /// Sends a datagram; does not wait if the receiver's queue is full.
  static func transmit(
    _ descriptor: Int32, datagram text: String, to address: SocketAddress
  ) throws(Errno) {
    _ = try retrying {
      address.withSockAddr {
        sendto(descriptor, text, text.utf8.count, noSIGPIPE | doNotWait, $0, $1)
      }
    }
  }

  static func setCloseOnExec(_ descriptor: Int32) throws(Errno) {
    let flags = try retrying { fcntl(descriptor, F_GETFD) }
    _ = try retrying { fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
  }

  static func setNonBlocking(_ descriptor: Int32, _ on: Bool) throws(Errno) {
    let flags = try retrying { fcntl(descriptor, F_GETFL) }
    let wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
    if wanted != flags { _ = try retrying { fcntl(descriptor, F_SETFL, wanted) } }
  }

  static func setOption<Value: BitwiseCopyable>(
    _ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Value
  ) throws(Errno) {
    var value = value
    let size = socklen_t(MemoryLayout<Value>.size)
    try once { setsockopt(descriptor, level, name, &value, size) }
  }

  static func option(_ descriptor: Int32, _ name: Int32) throws(Errno) -> Int32 {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    try once { getsockopt(descriptor, SOL_SOCKET, name, &value, &size) }
    return value
  }

  static func connectTo(_ descriptor: Int32, _ address: SocketAddress) throws(Errno) {
    let result = address.withSockAddr { connect(descriptor, $0, $1) }
    if result == -1 { throw Errno.current }
  }

  static func bindTo(_ descriptor: Int32, _ address: SocketAddress) throws(Errno) {
    let result = address.withSockAddr { bind(descriptor, $0, $1) }
    if result == -1 { throw Errno.current }
  }

  static func startListening(_ descriptor: Int32, _ backlog: Int32) throws(Errno) {
    try once { listen(descriptor, backlog) }
  }

  static func localAddress(_ descriptor: Int32) throws(Errno) -> SocketAddress {
    try SocketAddress { getsockname(descriptor, $0, $1) }
  }

  static func shutDown(_ descriptor: Int32, _ how: Int32) throws(Errno) {
    try once { shutdown(descriptor, how) }
  }

  /// Sleeps.
  static func nap(milliseconds: Int) {
    usleep(UInt32(milliseconds * 1000))
  }

  /// Returns the supplementary groups of the process.
  static func supplementaryGroups() throws(Errno) -> [gid_t] {
    let count = try retrying { getgroups(0, nil) }
    var groups = [gid_t](repeating: 0, count: Int(count))
    let filled = try retrying { getgroups(count, &groups) }
    return Array(groups.prefix(Int(filled)))
  }
}
