import MilterSystem

/// OpenDKIM with a test key, and another program that verifies its signatures.
struct Signer {
  static let files = [
    "/usr/sbin/opendkim", DKIMKey.generator, "/usr/lib/python3/dist-packages/dkim/__init__.py",
  ]

  let spec: String
  private let key: DKIMKey
  private let daemon: Daemon

  init(in directory: InstanceDirectory) throws {
    key = DKIMKey(of: "from.example", in: directory.path)
    try key.create()
    let port = try directory.reservePort()
    spec = "inet:\(port)@127.0.0.1"
    let configuration = try directory.write(
      """
      \(key.settings)
      Canonicalization relaxed/simple
      Socket \(spec)
      RequireSafeKeys no
      Syslog no

      """, to: "opendkim.conf")
    let daemon = try Daemon(
      "/usr/sbin/opendkim", ["-x", configuration, "-f"], in: directory.path, log: "opendkim")
    self.daemon = daemon
    try wait(for: "OpenDKIM to listen") {
      if try daemon.hasEnded() { throw HarnessError("opendkim ended: \(daemon.log())") }
      return try Loopback.isListening(on: port)
    }
  }

  /// Whether dkimpy, which is independent of OpenDKIM, accepts the signature.
  func isValid(_ message: [UInt8]) throws -> Bool {
    let run = try Subprocess.run(
      "/usr/bin/python3", ["-c", Self.verifier, try key.record()], input: message)
    guard run.status == 0 else { throw HarnessError("dkimpy: \(run.errors)") }
    return run.output == "True\n"
  }

  private static let verifier = """
    import sys, dkim
    record = sys.argv[1].encode()
    print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda name, timeout=5: record))
    """
}
