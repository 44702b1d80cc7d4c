package import MilterSystem

extension ListeningSocket {
  /// Leaves the file of a socket on which nobody listens.
  ///
  /// A program that another test starts has a copy of the descriptor until its exec. So the method waits until connections
  /// are refused.
  package static func leaveStale(at path: String) throws {
    let listener = try ListeningSocket(SocketSpec(path))
    let address = listener.localAddress
    listener.close()
    try wait(for: "refused connections at \(path)") { (try? Socket.connect(to: address)) == nil }
  }
}
