#if canImport(Musl)
  import Musl

  extension Syscalls {
    /// The type of a byte stream.
    package static var stream: Int32 { SOCK_STREAM }

    /// The type of datagrams.
    static var datagram: Int32 { SOCK_DGRAM }

    /// The flag of `socket` for descriptors that are closed on exec.
    static var closeOnExec: Int32 { SOCK_CLOEXEC }

    /// Accepts a waiting connection; the descriptor is blocking and closed on exec.
    static func acceptConnection(_ descriptor: Int32) throws(Errno) -> Int32 {
      try retrying { accept4(descriptor, nil, nil, closeOnExec) }
    }
  }
#endif
