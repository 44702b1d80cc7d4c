import MilterSystem

/// rspamd's proxy, which scans mail itself, and only for its test patterns.
package final class RunningRspamd {
  /// The path where Debian installs rspamd.
  package static let program = "/usr/bin/rspamd"
  /// A description of what this machine lacks, and how to get it; `nil` if nothing is missing.
  package static let missing = InstallScript.filters.missing([program], for: "rspamd")
  /// A test pattern without its first letters, which select the action: `XJS` rejects, `YJS` adds a field.
  package static let pattern =
    "*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\n"

  /// The socket that rspamd listens on.
  package let socket: String
  private let directory: ScratchDirectory
  private let daemon: Daemon

  /// Starts rspamd, and waits until it listens.
  package init() throws {
    directory = try ScratchDirectory()
    let port = try directory.reservePort()
    socket = "inet:\(port)@127.0.0.1"
    // rspamd's own list of domains takes minutes to compile, so this list has one domain.
    let domains = try directory.write("example\n", to: "domains")
    let path = directory.path
    let configuration = try directory.write(
      """
      options {
        pidfile = "\(path)/rspamd.pid"; tempdir = "\(path)";
        filters = ""; enable_test_patterns = true; disable_hyperscan = true;
        hs_cache_dir = "\(path)"; url_tld = "\(domains)";
        dns { nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }
      }
      logging { type = "console"; level = "warning"; }
      actions { reject = 15; add_header = 6; }
      worker "rspamd_proxy" {
        count = 1; bind_socket = "127.0.0.1:\(port)"; milter = yes; timeout = 120s;
        upstream "local" { default = yes; self_scan = yes; }
      }

      """, to: "rspamd.conf")
    daemon = try Daemon(
      Self.program, ["-c", configuration, "-f", "-i"], in: path, log: "rspamd")
    let spec = try SocketSpec(socket)
    try wait(for: "rspamd to listen") { [daemon] in
      if try daemon.hasEnded() { throw HarnessError("rspamd ended: \(daemon.log())") }
      return try ListeningTable.has(spec)
    }
  }
}
