import Glibc

/// A blocking connection to a filter; it is an error if a reply takes more than a minute.
final class FilterSocket {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SoakError.system("socket") }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { [descriptor] in
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw SoakError.system("connect") }
  }

  deinit { close(descriptor) }

  /// Sends all bytes.
  func write(_ bytes: some Collection<UInt8>) throws {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw SoakError.system("send") }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads the expected number of bytes; reads fewer if the bytes differ, or if the filter closes.
  func read(expecting expected: [UInt8]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < expected.count, expected.starts(with: bytes) {
      let missing = expected.count - bytes.count
      let more = try [UInt8](unsafeUninitializedCapacity: missing) { buffer, size in
        size = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        if size == 0, errno == EAGAIN { throw SoakError.system("recv") }
      }
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// Whether the filter closes without sending more bytes.
  func isAtEnd() throws -> Bool { try read(expecting: [0]).isEmpty }
}
