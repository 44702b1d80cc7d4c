import MilterProcessFixtures

/// Starts OpenDKIM with a configuration of the tests.
enum OpenDKIM {
  /// The work of an OpenDKIM process.
  enum Role: String {
    case signer
    case verifier
  }

  /// The key to sign with.
  static func key(in folder: ScratchDirectory) -> DKIMKey {
    DKIMKey(of: "example.org", in: folder.path)
  }

  /// Creates the key, and a file with its DNS record for the verifier.
  static func makeKey(in folder: ScratchDirectory) throws {
    let key = key(in: folder)
    try key.create()
    try folder.write("\(key.name) \(try key.record())\n", to: "keys")
  }

  /// Starts OpenDKIM; `extra` has further lines of its configuration.
  static func start(
    _ role: Role, _ mode: RunningFilter.Mode = .foreground, extra: String = "",
    socket: String? = nil, in folder: ScratchDirectory
  ) throws -> RunningFilter {
    let socket = socket ?? "unix:\(folder.path(of: "\(role).sock"))"
    let duty =
      switch role {
      case .signer: key(in: folder).settings
      case .verifier:
        """
        Mode v
        AuthservID verifier.example.net
        AlwaysAddARHeader yes
        TestPublicKeys \(folder.path(of: "keys"))
        """
      }
    let configuration = try folder.write(
      """
      \(duty)
      Socket \(socket.replacing("unix:", with: "local:"))
      RequireSafeKeys no
      Syslog no
      \(extra)

      """, to: "\(role).conf")
    let background = mode == .daemon ? [] : ["-f"]
    return try RunningFilter(
      DebianFilter.opendkim.program, ["-x", configuration] + background, socket: socket,
      mode: mode, in: folder)
  }
}
