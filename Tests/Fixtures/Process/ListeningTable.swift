package import MilterSystem

/// The listening sockets of this machine, found without connections, which would be sessions.
package enum ListeningTable {
  /// Returns whether a process listens on a socket; the file of a Unix socket exists earlier.
  package static func has(_ spec: SocketSpec) throws -> Bool {
    switch spec.target {
    case .unix(let path):
      return try ProcFile.lines("/proc/net/unix").contains { line in
        // The fourth column has flags, 00010000 for a listening socket. The last one has the path.
        let columns = line.split(separator: " ", maxSplits: 7)
        return columns.count == 8 && columns[3] == "00010000" && columns[7] == path
      }
    case .inet(_, _, .number(let port)):
      return try ProcFile.lines("/proc/net/tcp").contains { line in
        // The columns are number, local address, remote address, and state. Ports and states are
        // hexadecimal, and 0A is LISTEN.
        let columns = line.split(separator: " ")
        return columns.count > 3 && columns[3] == "0A"
          && Int(columns[1].suffix(4), radix: 16) == Int(port)
      }
    default:
      throw HarnessError("the tests do not know how to look at \(spec)")
    }
  }
}
