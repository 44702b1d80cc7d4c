#if canImport(Glibc) || canImport(Musl)
  #if canImport(Glibc)
    public import Glibc
  #else
    public import Musl
  #endif
  #if !DEBUG
    public import CMilterCalls
  #endif

  extension Syscalls {
    /// The flag of `send` against SIGPIPE.
    @inlinable static var noSIGPIPE: Int32 { Int32(MSG_NOSIGNAL) }

    /// Calls `recv` once, in a debug build, whose sanitizers observe it; otherwise its system call.
    @inlinable @inline(__always)
    static func receive(
      _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ flags: Int32
    ) -> Int {
      #if DEBUG
        recv(descriptor, buffer.baseAddress, buffer.count, flags)
      #else
        milter_recv(descriptor, buffer.baseAddress, buffer.count, flags)
      #endif
    }

    /// Calls `send` once, without raising SIGPIPE; see ``receive(_:_:_:)``.
    @inlinable @inline(__always)
    static func transmit(
      _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, _ flags: Int32
    ) -> Int {
      #if DEBUG
        send(descriptor, bytes.baseAddress, bytes.count, flags | noSIGPIPE)
      #else
        milter_send(descriptor, bytes.baseAddress, bytes.count, flags | noSIGPIPE)
      #endif
    }

    /// The flag with which `recv` and `send` do not wait.
    @inlinable static var doNotWait: Int32 { Int32(MSG_DONTWAIT) }

    /// The flag with which `recv` leaves the bytes in the socket.
    static var peek: Int32 { Int32(MSG_PEEK) }

    /// The event of `poll` for a peer that has ended its output.
    ///
    /// This is `POLLRDHUP`, which the C library's header declares only for GNU programs.
    static var pollPeerClosed: Int16 { 0x2000 }

    /// The level of TCP's socket options.
    static var tcpLevel: Int32 { Int32(IPPROTO_TCP) }

    /// The level of the options of IPv6.
    static var ipv6Level: Int32 { Int32(IPPROTO_IPV6) }

    /// The constants of `shutdown` for the direction to close.
    static var shutRead: Int32 { Int32(SHUT_RD) }
    static var shutWrite: Int32 { Int32(SHUT_WR) }
    static var shutBoth: Int32 { Int32(SHUT_RDWR) }

    /// Creates a file without a name; `nil` if the file system does not support this.
    static func openUnnamedFile(in directory: String) -> Int32? {
      // O_TMPFILE, a macro that Swift does not import.
      try? retrying { open(directory, 0o20000000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o600) }
    }

    /// Creates a descriptor that is closed on exec.
    ///
    /// - Parameter family: The address family.
    /// - Returns: The descriptor.
    /// - Throws: The error of `socket`.
    package static func newSocket(_ family: Int32) throws(Errno) -> Int32 {
      try newSocket(family, stream)
    }

    /// Creates a descriptor for datagrams within the machine, which is closed on exec.
    static func newDatagramSocket() throws(Errno) -> Int32 {
      try newSocket(AF_UNIX, datagram)
    }

    private static func newSocket(_ family: Int32, _ type: Int32) throws(Errno) -> Int32 {
      let descriptor = socket(family, type | closeOnExec, 0)
      if descriptor == -1 { throw Errno.current }
      return descriptor
    }

    static func newSocketPair() throws(Errno) -> (Int32, Int32) {
      var pair: [Int32] = [-1, -1]
      try once { socketpair(AF_UNIX, stream | closeOnExec, 0, &pair) }
      return (pair[0], pair[1])
    }

    /// Does nothing, because addresses have no length field on this system.
    static func setLength(_ storage: inout sockaddr_storage, _ length: socklen_t) {}

    /// Limits the permissions of the file that `bind` will create.
    ///
    /// Linux sets the mode of the new file to the mode of the socket's inode, minus the umask.
    ///
    /// - Parameters:
    ///   - descriptor: The socket, not yet bound.
    ///   - mode: The permissions.
    /// - Throws: The error of `fchmod`.
    package static func restrictBeforeBinding(_ descriptor: Int32, _ mode: UInt32) throws(Errno) {
      try once { fchmod(descriptor, mode_t(mode)) }
    }

    static func timeout(milliseconds: Int) -> timeval {
      timeval(tv_sec: milliseconds / 1000, tv_usec: suseconds_t(milliseconds % 1000 * 1000))
    }

    static func setSupplementaryGroups(of user: String, and group: gid_t) throws(Errno) {
      try once { initgroups(user, group) }
    }
  }
#endif
