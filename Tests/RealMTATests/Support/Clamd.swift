/// A real clamd with a signature of our own and no other.
final class Clamd {
  /// What the signature finds, as clamd names it and as it stands in mail.
  static let (virus, bytes) = ("Swift.Milter.Test.UNOFFICIAL", "swift-milter-virus")

  /// Where it listens.
  let socket: String
  private let daemon: Daemon

  /// Starts one, and waits until it listens.
  init(in directory: InstanceDirectory) throws {
    socket = directory.path(of: "clamd")
    try directory.makeDirectory("signatures")
    let hex = Self.bytes.utf8.map { String($0, radix: 16) }.joined()
    try directory.write("Swift.Milter.Test:0:*:\(hex)\n", to: "signatures/own.ndb")
    let configuration = try directory.write(
      """
      LocalSocket \(socket)
      DatabaseDirectory \(directory.path(of: "signatures"))
      Foreground yes

      """, to: "clamd.conf")
    daemon = try Daemon(
      "/usr/sbin/clamd", ["-c", configuration], environment: Subprocess.environment, in: directory,
      log: "clamd.log")
    try poll(for: "clamd to listen") { [daemon] in
      if try daemon.hasEnded() { throw HarnessError("clamd has ended: \(daemon.log())") }
      return daemon.log().contains("Self checking") ? () : nil
    }
  }

  /// Ends it.
  func stop() { daemon.stop() }
}
