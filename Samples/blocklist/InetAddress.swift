/// An IPv4 address.
struct InetAddress: Equatable, Sendable, CustomStringConvertible {
  /// The four bytes, in network byte order.
  let bytes: [UInt8]

  init(_ bytes: UInt8...) { self.bytes = bytes }
  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  var description: String { bytes.map(String.init).joined(separator: ".") }
}
