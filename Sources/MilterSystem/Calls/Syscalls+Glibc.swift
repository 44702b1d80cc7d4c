#if canImport(Glibc)
  import Glibc

  extension Syscalls {
    /// The type of a byte stream.
    package static var stream: Int32 { Int32(SOCK_STREAM.rawValue) }

    /// The type of datagrams.
    static var datagram: Int32 { Int32(SOCK_DGRAM.rawValue) }

    /// The flag of `socket` for descriptors that are closed on exec.
    static var closeOnExec: Int32 { Int32(SOCK_CLOEXEC.rawValue) }

    /// Accepts a waiting connection; the descriptor is blocking and closed on exec.
    static func acceptConnection(_ descriptor: Int32) throws(Errno) -> Int32 {
      if let accept4 { return try retrying { accept4(descriptor, nil, nil, closeOnExec) } }
      let accepted = try retrying { accept(descriptor, nil, nil) }
      do throws(Errno) {
        try setCloseOnExec(accepted)
      } catch {
        closeDescriptor(accepted)
        throw error
      }
      return accepted
    }

    private typealias Accept4 =
      @convention(c) (
        Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?, Int32
      ) -> Int32

    /// Looked up by name, because Swift's module of this library hides declarations for `_GNU_SOURCE`.
    private static let accept4: Accept4? =
      dlsym(nil, "accept4").map { unsafeBitCast($0, to: Accept4.self) }
  }
#endif
