import Glibc
import MilterKit

/// The memory that the arguments of one connection's callbacks lie in.
///
/// What a callback got is good until it returns, as with the original.
final class ArgumentBuffer {
  private var bytes = UnsafeMutablePointer<CChar>.allocate(capacity: 512)
  private var capacity = 512
  private var pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: 16)
  private var pointerCapacity = 16
  private let address = UnsafeMutablePointer<sockaddr_storage>.allocate(capacity: 1)

  /// A larger buffer is not kept for small arguments: there are as many as connections.
  private static let kept = 8 * 1024

  deinit {
    bytes.deallocate()
    pointers.deallocate()
    address.deallocate()
  }

  /// Copies a payload, and puts a NUL behind it: not every string in it need have an end.
  func copy(_ payload: Span<UInt8>) -> UnsafeMutablePointer<CChar> {
    if payload.count >= capacity || (capacity > Self.kept && payload.count < Self.kept / 2) {
      bytes.deallocate()
      capacity = max(512, payload.count + payload.count / 2 + 1)
      bytes = .allocate(capacity: capacity)
    }
    payload.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { memcpy(bytes, start, source.count) }
    }
    bytes[payload.count] = 0
    return bytes
  }

  /// Copies a payload, and returns pointers to the strings in it, with NULL behind the last.
  func vector(
    _ strings: [Range<Int>], _ payload: Span<UInt8>
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
    if strings.count >= pointerCapacity {
      pointers.deallocate()
      pointerCapacity = max(pointerCapacity * 2, strings.count + 1)
      pointers = .allocate(capacity: pointerCapacity)
    }
    let start = copy(payload)
    for (index, place) in strings.enumerated() { pointers[index] = start + place.lowerBound }
    pointers[strings.count] = nil
    return pointers
  }

  /// A client's address for the connect callback.
  func socketAddress(
    of client: MilterAddress, after host: Range<Int>, _ payload: Span<UInt8>
  ) -> UnsafeMutablePointer<sockaddr>? {
    address.initialize(to: sockaddr_storage())
    let start = UnsafeMutableRawPointer(address)
    switch client {
    case .inet(let text, let port):
      let inet = start.assumingMemoryBound(to: sockaddr_in.self)
      inet.pointee.sin_family = sa_family_t(AF_INET)
      inet.pointee.sin_port = port.bigEndian
      inet_pton(AF_INET, text, &inet.pointee.sin_addr)
    case .inet6(let text, let port):
      let inet6 = start.assumingMemoryBound(to: sockaddr_in6.self)
      inet6.pointee.sin6_family = sa_family_t(AF_INET6)
      inet6.pointee.sin6_port = port.bigEndian
      inet_pton(AF_INET6, text, &inet6.pointee.sin6_addr)
    case .unix:
      // From the bytes: a path need not be text.
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
    return start.assumingMemoryBound(to: sockaddr.self)
  }
}
