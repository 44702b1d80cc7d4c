import Foundation
import MilterPlatform
import MilterProcesses
package import MilterSystem

/// Sockets of this host's own network.
package enum Loopback {
  /// Whether a program listens on `port` of 127.0.0.1, found out without connecting to it.
  ///
  /// A connection would be a session with an MTA's filters, and would spoil what a test counts.
  package static func isListening(on port: UInt16) throws -> Bool {
    let table = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
    return table.split(separator: "\n").contains { line in
      // Number, local address, remote address, state: all hexadecimal, 0A for LISTEN.
      let columns = line.split(separator: " ")
      return columns.count > 3 && columns[3] == "0A"
        && columns[1].hasPrefix("0100007F:") && Int(columns[1].suffix(4), radix: 16) == Int(port)
    }
  }

  /// A socket connected to `port` from `source`; nil when nobody listens there.
  package static func connect(
    to port: UInt16, from source: String = "127.0.0.1"
  ) throws -> Socket? {
    let socket = Socket(owning: try newSocket())
    let result = try address(source, 0).withSockAddr { bind(socket.descriptor, $0, $1) }
    guard result == 0 else { throw HarnessError.system("bind to \(source)") }
    let connected = try address("127.0.0.1", port).withSockAddr {
      systemConnect(socket.descriptor, $0, $1)
    }
    guard connected != 0 else { return socket }
    guard errno == ECONNREFUSED else { throw HarnessError.system("connect") }
    return nil
  }

  private static func newSocket() throws -> Int32 {
    #if canImport(Darwin)
      let type = SOCK_STREAM
    #else
      // Not inherited by what another thread starts at this moment.
      let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #endif
    let descriptor = socket(AF_INET, type, 0)
    guard descriptor >= 0 else { throw HarnessError.system("socket") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return descriptor
  }

  private static func address(_ host: String, _ port: UInt16) throws -> SocketAddress {
    guard let address = SocketAddress(host, port: port), address.family == .inet else {
      throw HarnessError("\(host) is not an IPv4 address")
    }
    return address
  }
}

// Within the type, `connect` is its own.
private let systemConnect = connect
