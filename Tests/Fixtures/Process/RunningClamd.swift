/// A real clamd with a signature of our own and no other.
package final class RunningClamd {
  /// Where Debian installs it.
  package static let program = "/usr/sbin/clamd"
  /// What the signature finds, as clamd names it and as it stands in mail.
  package static let (virus, bytes) = ("Swift.Milter.Test.UNOFFICIAL", "swift-milter-virus")

  /// Where it listens.
  package let socket: String
  private let directory: ScratchDirectory
  private let daemon: Daemon

  /// Starts one, and waits until it listens; it takes messages of at most 100,000 bytes.
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

  /// Ends it; harmless when that is done already.
  package func stop() { daemon.stop() }
}
