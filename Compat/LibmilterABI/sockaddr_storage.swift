import Glibc
import MilterCore

extension sockaddr_storage {
  /// Creates a client's address for the connect callback.
  ///
  /// - Parameters:
  ///   - client: The address.
  ///   - host: The range of the client's name in the payload.
  ///   - payload: The payload of the command.
  init(_ client: MilterAddress, after host: Range<Int>, _ payload: Span<UInt8>) {
    self.init()
    withUnsafeMutablePointer(to: &self) { storage in
      let start = UnsafeMutableRawPointer(storage)
      switch client {
      case .inet(let text, let port):
        let inet = start.assumingMemoryBound(to: sockaddr_in.self)
        inet.pointee.sin_family = sa_family_t(AF_INET)
        inet.pointee.sin_port = port.bigEndian
        if case .inet(let bits)? = AddressBits(text) {
          inet.pointee.sin_addr.s_addr = bits.bigEndian
        }
      case .inet6(let text, let port):
        let inet6 = start.assumingMemoryBound(to: sockaddr_in6.self)
        inet6.pointee.sin6_family = sa_family_t(AF_INET6)
        inet6.pointee.sin6_port = port.bigEndian
        if case .inet6(let bits)? = AddressBits(text) {
          withUnsafeMutableBytes(of: &inet6.pointee.sin6_addr) {
            $0.storeBytes(of: bits.bigEndian, as: UInt128.self)
          }
        }
      case .unix:
        // From the bytes, because a path need not be text.
        let unix = start.assumingMemoryBound(to: sockaddr_un.self)
        unix.pointee.sun_family = sa_family_t(AF_UNIX)
        if let path = payload.cString(at: host.upperBound + 4) {
          withUnsafeMutableBytes(of: &unix.pointee.sun_path) { target in
            for (offset, index) in path.enumerated() where offset < target.count - 1 {
              target[offset] = payload[index]
            }
          }
        }
      }
    }
  }

  /// Calls `body` with the address.
  mutating func withSocketAddress(_ body: (UnsafeMutablePointer<sockaddr>) -> Int32) -> Int32 {
    withUnsafeMutablePointer(to: &self) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }
}
