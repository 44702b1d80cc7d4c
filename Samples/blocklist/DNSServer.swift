import MilterKit

/// The DNS server that is asked in place of those of `/etc/resolv.conf`.
struct DNSServer: Equatable, Sendable {
  let address: String
  let port: UInt16

  /// Reads `ADDRESS` or `ADDRESS:PORT`; the C library's resolver can be given IPv4 addresses only.
  ///
  /// - Throws: `MilterUsageError` that describes what is wrong.
  init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let port = parts.count == 2 ? UInt16(parts[1]) : 53, port > 0,
      MilterAddress.inet(address: String(parts[0]), port: port).bytes?.count == 4
    else { throw MilterUsageError("write an IPv4 address, or 127.0.0.1:5353") }
    self.address = String(parts[0])
    self.port = port
  }
}
