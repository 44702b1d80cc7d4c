import Foundation
import MilterPlatform
import MilterProcesses

/// Where the files of Sendmail's packages lie.
struct SendmailInstallation: Sendable {
  /// The first of the usual places that has Sendmail; without any, the one that was asked for.
  static let found: Self = {
    let asked = ProcessInfo.processInfo.environment["SWIFT_MILTER_SENDMAIL_ROOT"] ?? ""
    let unpacked = Self(root: asked.isEmpty ? "/opt/swift-milter-tests/sendmail" : asked)
    let installed = Self(root: "")
    let isUnpacked = !asked.isEmpty || FileManager.default.fileExists(atPath: unpacked.program)
    let isInstalled = FileManager.default.fileExists(atPath: installed.program)
    return isUnpacked || !isInstalled ? unpacked : installed
  }()

  /// The m4 that makes a configuration of the macros.
  static let m4 = "/usr/bin/m4"

  /// The directory into which the packages were unpacked; empty if they were installed.
  let root: String

  /// The program.
  var program: String { "\(root)/usr/libexec/sendmail/sendmail" }

  /// The macros of which a configuration is made.
  var macros: String { "\(root)/usr/share/sendmail/cf/m4/cf.m4" }

  /// The library that gives a host name to Sendmail alone.
  private var hostNames: String {
    let beside = "\(root)/libnss_wrapper.so"
    let places = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/libnss_wrapper.so" }
    return ([beside] + places).first { FileManager.default.fileExists(atPath: $0) } ?? beside
  }

  /// The files that Sendmail cannot be started without.
  var neededFiles: [String] { [program, macros, hostNames, Self.m4] }

  /// Puts a copy of the program into an instance's directory, and returns its path.
  ///
  /// The packages' own program is setgid, and the system preloads no library into such a program.
  func copyProgram(to directory: InstanceDirectory) throws -> String {
    let copy = directory.path(of: "sendmail")
    // By another program: what another thread starts at this moment would hold our descriptor of the copy,
    // and the system starts no program that somebody may write to.
    try Subprocess.succeed("/bin/cp", [program, copy])
    guard chmod(copy, 0o755) == 0 else { throw HarnessError.system(copy) }
    return copy
  }

  /// The environment with a host name and a hosts file of an instance.
  ///
  /// Without a full host name Sendmail sleeps 60 seconds before it reads its configuration.
  func environment(in directory: InstanceDirectory) -> [String: String] {
    Subprocess.environment.merging([
      "LD_PRELOAD": hostNames,
      "NSS_WRAPPER_HOSTNAME": "sendmail.example.org",
      "NSS_WRAPPER_HOSTS": directory.path(of: "hosts"),
    ]) { $1 }
  }
}
