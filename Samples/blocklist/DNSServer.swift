import MilterKit

/// A DNS server to ask instead of the servers of `/etc/resolv.conf`.
struct DNSServer: Equatable, Sendable {
  let address: String
  let port: UInt16

  /// Reads `ADDRESS` or `ADDRESS:PORT`.
  ///
  /// The C library's resolver accepts only IPv4 addresses.
  ///
  /// - Throws: `MilterUsageError` that describes the mistake.
  init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let mistake = MilterUsageError("write an IPv4 address, or 127.0.0.1:5353")
    guard parts.count <= 2 else { throw mistake }
    let address = String(parts[0])
    let port = parts.count == 2 ? UInt16(parts[1]) : 53
    guard let port, port > 0, MilterAddress.inet(address: address, port: port).bytes?.count == 4
    else { throw mistake }
    self.address = address
    self.port = port
  }
}
