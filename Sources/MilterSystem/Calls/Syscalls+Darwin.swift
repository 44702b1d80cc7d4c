#if canImport(Darwin)
  public import Darwin

  extension Syscalls {
    /// Returns `nil`, because this system has no files without a name.
    static func openUnnamedFile(in directory: String) -> Int32? { nil }

    /// No flag: on Darwin, `suppressSIGPIPE` sets an option for each socket.
    @inlinable static var noSIGPIPE: Int32 { 0 }

    /// Calls `recv` once.
    @inlinable @inline(__always)
    static func receive(
      _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ flags: Int32
    ) -> Int {
      recv(descriptor, buffer.baseAddress, buffer.count, flags)
    }

    /// Calls `send` once; see `noSIGPIPE`.
    @inlinable @inline(__always)
    static func transmit(
      _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ flags: Int32
    ) -> Int {
      send(descriptor, bytes.baseAddress, bytes.count, flags | noSIGPIPE)
    }

    /// The flag with which `recv` and `send` do not wait.
    @inlinable static var doNotWait: Int32 { MSG_DONTWAIT }

    /// The flag with which `recv` leaves the bytes in the socket.
    static var peek: Int32 { MSG_PEEK }

    /// The event of `poll` for a peer that has ended its output: none, because Darwin reports only a closed
    /// connection.
    static var pollPeerClosed: Int16 { 0 }

    /// The level of TCP's socket options.
    static var tcpLevel: Int32 { IPPROTO_TCP }

    /// The level of the options of IPv6.
    static var ipv6Level: Int32 { IPPROTO_IPV6 }

    /// The constants of `shutdown` for the direction to close.
    static var shutRead: Int32 { SHUT_RD }
    static var shutWrite: Int32 { SHUT_WR }
    static var shutBoth: Int32 { SHUT_RDWR }

    /// The type of a byte stream.
    package static var stream: Int32 { SOCK_STREAM }

    static func suppressSIGPIPE(_ descriptor: Int32) throws(Errno) {
      try setOption(descriptor, SOL_SOCKET, SO_NOSIGPIPE, Int32(1))
    }

    static func newSocket(_ family: Int32) throws(Errno) -> Int32 {
      try newSocket(family, stream)
    }

    /// Creates a descriptor for datagrams within the machine, which is closed on exec.
    static func newDatagramSocket() throws(Errno) -> Int32 {
      try newSocket(AF_UNIX, SOCK_DGRAM)
    }

    private static func newSocket(_ family: Int32, _ type: Int32) throws(Errno) -> Int32 {
      let descriptor = socket(family, type, 0)
      if descriptor == -1 { throw Errno.current }
      try prepare([descriptor])
      return descriptor
    }

    static func newSocketPair() throws(Errno) -> (Int32, Int32) {
      var pair: [Int32] = [-1, -1]
      try once { socketpair(AF_UNIX, stream, 0, &pair) }
      try prepare(pair)
      return (pair[0], pair[1])
    }

    /// Accepts a waiting connection; the descriptor is blocking and closed on exec.
    static func acceptConnection(_ descriptor: Int32) throws(Errno) -> Int32 {
      let accepted = try retrying { accept(descriptor, nil, nil) }
      try prepare([accepted])
      return accepted
    }

    static func setLength(_ storage: inout sockaddr_storage, _ length: socklen_t) {
      storage.ss_len = UInt8(length)
    }

    /// Does nothing, because this system cannot change the mode of a socket's descriptor.
    ///
    /// No process can connect before `listen`, and the mode is set by then.
    package static func restrictBeforeBinding(_ descriptor: Int32, _ mode: UInt32) throws(Errno) {}

    static func timeout(milliseconds: Int) -> timeval {
      timeval(tv_sec: milliseconds / 1000, tv_usec: suseconds_t(milliseconds % 1000 * 1000))
    }

    static func setSupplementaryGroups(of user: String, and group: gid_t) throws(Errno) {
      try once { initgroups(user, Int32(bitPattern: group)) }
    }

    private static func prepare(_ descriptors: [Int32]) throws(Errno) {
      do throws(Errno) {
        for descriptor in descriptors {
          try setCloseOnExec(descriptor)
          try suppressSIGPIPE(descriptor)
          // Unlike on Linux, an accepted socket is non-blocking if the listening one is.
          try setNonBlocking(descriptor, false)
        }
      } catch {
        descriptors.forEach(closeDescriptor)
        throw error
      }
    }
  }
#endif
