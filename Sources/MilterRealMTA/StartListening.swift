import MilterProcesses

/// Starts a server on a reserved port and waits until it accepts connections.
func startListening(
  _ start: (_ port: UInt16) throws -> Daemon
) throws -> (daemon: Daemon, port: ReservedPort) {
  let port = try ReservedPort()
  let daemon = try start(port.number)
  try wait(for: "a server on port \(port.number)") {
    if try daemon.hasEnded() {
      throw RealMTAError(.ended, "the server ended at once; its log: \(daemon.log())")
    }
    return try Loopback.isListening(on: port.number)
  }
  return (daemon, port)
}
