import MilterProcessFixtures

/// Starting OpenDKIM with a configuration of our own.
enum OpenDKIM {
  /// What it is to do.
  enum Role: String {
    case signer
    case verifier
  }

  /// Creates the key that the tests publish as `test._domainkey.example.org`.
  static func makeKey(in folder: ScratchDirectory) throws {
    try Subprocess.succeed(
      "/usr/sbin/opendkim-genkey",
      ["-b", "2048", "-d", "example.org", "-s", "test", "-D", folder.path])
    // The record for DNS has the key in quoted pieces.
    let pieces = try folder.text("test.txt").split(
      separator: "\"", omittingEmptySubsequences: false)
    let record = pieces.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element).joined()
    try folder.write("test._domainkey.example.org \(record)\n", to: "keys")
  }

  /// Starts one; `extra` are further lines of its configuration.
  static func start(
    _ role: Role, _ mode: RunningFilter.Mode = .foreground, extra: String = "",
    socket: String? = nil, in folder: ScratchDirectory
  ) throws -> RunningFilter {
    let socket = socket ?? "unix:\(folder.path(of: "\(role).sock"))"
    let duty =
      switch role {
      case .signer:
        """
        Mode s
        Domain example.org
        Selector test
        KeyFile \(folder.path(of: "test.private"))
        """
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
