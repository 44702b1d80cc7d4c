import MilterProcesses

/// Starts a server on a free port and returns when it accepts connections.
///
/// Another program may take the port between our look and the server's bind; then the server ends,
/// and another port is tried.
func startListening(_ start: (_ port: UInt16) throws -> Daemon) throws -> (Daemon, UInt16) {
  var log = ""
  for _ in 1...3 {
    let port = try Loopback.freePort()
    let daemon = try start(port)
    let isUp: Bool = try poll(for: "a server on port \(port)") {
      if try daemon.hasEnded() { return false }
      return try Loopback.isListening(on: port) ? true : nil
    }
    if isUp { return (daemon, port) }
    log = daemon.log()
  }
  throw HarnessError("the server ended at once; it says: \(log)")
}
