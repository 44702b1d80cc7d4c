/// A real clamd with only one signature, from this test.
package final class RunningClamd {
  /// The path where Debian installs clamd.
  package static let program = "/usr/sbin/clamd"
  /// The name that clamd reports for the signature, and the bytes that match it.
  package static let (virus, bytes) = ("Swift.Milter.Test.UNOFFICIAL", "swift-milter-virus")

  /// The socket that clamd listens on.
  package let socket: String
  private let directory: ScratchDirectory
  private let daemon: Daemon

  /// Starts clamd with a limit of 100,000 bytes for a message, and waits until it listens.
  package init() throws {
    directory = try ScratchDirectory()
    socket = directory.path(of: "clamd")
    let hex = Self.bytes.utf8.map { String($0, radix: 16) }.joined()
    try directory.write("Swift.Milter.Test:0:*:\(hex)\n", to: "signatures/own.ndb")
    let configuration = try directory.write(
      """
      LocalSocket \(socket)
      DatabaseDirectory \(directory.path(of: "signatures"))
      Foreground yes
      StreamMaxLength 100000

      """, to: "clamd.conf")
    daemon = try Daemon(Self.program, ["-c", configuration], in: directory.path, log: "log")
    // clamd logs its limits after it has begun to listen. It ends if it cannot listen.
    try wait(for: "clamd to listen") { [daemon] in
      if try daemon.hasEnded() { throw HarnessError("clamd has ended: \(daemon.log())") }
      return daemon.log().contains("Self checking")
    }
  }

  /// Ends clamd; does nothing if clamd has already ended.
  package func stop() { daemon.stop() }
}
