import Foundation
import MilterProcesses
import MilterSystem

/// The places of the files of Sendmail's packages.
struct SendmailInstallation: Sendable {
  /// The first of the usual places that has Sendmail; without any, the one that was asked for.
  static let found: Self = {
    let asked = ProcessInfo.processInfo.environment["SWIFT_MILTER_SENDMAIL_ROOT"] ?? ""
    let unpacked = Self(root: asked.isEmpty ? "/opt/swift-milter-tests/sendmail" : asked)
    let installed = Self(root: "")
    let isUnpacked = !asked.isEmpty || MTATree.current.has(unpacked.program)
    let isInstalled = MTATree.current.has(installed.program)
    return isUnpacked || !isInstalled ? unpacked : installed
  }()

  /// The m4 that makes a configuration of the macros.
  static let m4 = "/usr/bin/m4"

  /// The directory of the ``MTATree`` into which the packages were unpacked; empty if they were installed.
  let root: String

  /// The program, in the tree.
  private var program: String { "\(root)/usr/libexec/sendmail/sendmail" }

  /// The macros of which a configuration is made, for a program outside of the tree.
  var macros: String { MTATree.current.path(of: "\(root)/usr/share/sendmail/cf/m4/cf.m4") }

  /// Returns the version of the packages, as their macros have it: the program would look for the
  /// machine's full name before it prints its own.
  func version() throws -> String {
    let file = MTATree.current.path(of: "\(root)/usr/share/sendmail/cf/m4/version.m4")
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    let line = lines.first { $0.hasPrefix("DZ") } ?? ""
    return String(line.dropFirst(2).prefix { $0.isNumber || $0 == "." })
  }

  /// The library, in the tree, that gives a host name to Sendmail alone.
  private var hostNames: String {
    let beside = "\(root)/libnss_wrapper.so"
    let places = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/libnss_wrapper.so" }
    return (places + [beside]).first(where: MTATree.current.has) ?? beside
  }

  /// The files that Sendmail cannot be started without.
  var neededFiles: [String] {
    [MTATree.current.path(of: program), macros, MTATree.current.path(of: hostNames), Self.m4]
  }

  /// Puts a copy of the program into an instance's directory, and returns its path.
  ///
  /// The packages' own program is setgid, and the system preloads no library into such a program.
  func copyProgram(to directory: InstanceDirectory) throws -> String {
    let copy = directory.path(of: "sendmail")
    // By another program: what another thread starts at this moment would hold our descriptor of the copy,
    // and the system starts no program that somebody may write to.
    try Subprocess.succeed("/bin/cp", [MTATree.current.path(of: program), copy])
    try FileAttributes.setMode(0o755, of: copy)
    return copy
  }

  /// The environment of an instance: its own host name and hosts file.
  ///
  /// Without a full host name Sendmail sleeps 60 seconds before it reads its configuration.
  func environment(in directory: InstanceDirectory) -> [String: String] {
    [
      "LD_PRELOAD": hostNames,
      "NSS_WRAPPER_HOSTNAME": "sendmail.example.org",
      "NSS_WRAPPER_HOSTS": directory.path(of: "hosts"),
    ]
  }
}
