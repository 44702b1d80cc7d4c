package import MilterSystem

/// Sockets of the loopback network.
package enum Loopback {
  /// Whether a program listens on a port of 127.0.0.1; found out without connecting to it.
  ///
  /// A connection would start a session with the MTA's filters, and would change the counts of a test.
  package static func isListening(on port: UInt16) throws -> Bool {
    let table = String(decoding: try FileContents.read("/proc/net/tcp"), as: UTF8.self)
    return table.split(separator: "\n").contains { line in
      // The columns are number, local address, remote address, and state: all hexadecimal, with 0A for LISTEN.
      let columns = line.split(separator: " ")
      return columns.count > 3 && columns[3] == "0A"
        && columns[1].hasPrefix("0100007F:") && Int(columns[1].suffix(4), radix: 16) == Int(port)
    }
  }

  /// Returns a socket that is connected to a port from an address; `nil` if no process listens there.
  package static func connect(
    to port: UInt16, from source: String = "127.0.0.1"
  ) throws -> Socket? {
    let origin = try address(source, 0)
    let server = try address("127.0.0.1", port)
    do throws(SocketError) {
      return try Socket.connect(to: server, from: origin)
    } catch {
      guard error.underlying == .connectionRefused else { throw error }
      return nil
    }
  }

  private static func address(_ host: String, _ port: UInt16) throws -> SocketAddress {
    guard let address = SocketAddress(host, port: port), address.family == .inet else {
      throw RealMTAError(.invalidSetting, "\(host) is not an IPv4 address")
    }
    return address
  }
}
