import MilterProcesses
import MilterSystem

/// The paths of the files of Sendmail's packages.
struct SendmailInstallation: Sendable {
  /// The first of the usual places with Sendmail; the requested one if none has it.
  static let found: Self = {
    let asked = ThisProcess.variable("SWIFT_MILTER_SENDMAIL_ROOT") ?? ""
    let unpacked = Self(root: asked.isEmpty ? "/opt/swift-milter-tests/sendmail" : asked)
    let installed = Self(root: "")
    let isUnpacked = !asked.isEmpty || MTATree.current.has(unpacked.program)
    let isInstalled = MTATree.current.has(installed.program)
    return isUnpacked || !isInstalled ? unpacked : installed
  }()

  /// The m4 that converts the macros to a configuration.
  static let m4 = "/usr/bin/m4"

  /// The directory of the ``MTATree`` into which the packages were unpacked; empty if they were installed.
  let root: String

  /// The program, in the tree.
  private var program: String { "\(root)/usr/libexec/sendmail/sendmail" }

  /// The macros for a configuration, for a program outside of the tree.
  var macros: String { MTATree.current.path(of: "\(root)/usr/share/sendmail/cf/m4/cf.m4") }

  /// Returns the version of the packages from their macros.
  ///
  /// The program itself would look up the machine's full name before it prints its version.
  func version() throws -> String {
    let file = MTATree.current.path(of: "\(root)/usr/share/sendmail/cf/m4/version.m4")
    let lines = String(decoding: try FileContents.read(file), as: UTF8.self).split(separator: "\n")
    let line = lines.first { $0.hasPrefix("DZ") } ?? ""
    return String(line.dropFirst(2).prefix { $0.isNumber || $0 == "." })
  }

  /// The library in the tree that sets a host name only for Sendmail.
  private var hostNames: String {
    let beside = "\(root)/libnss_wrapper.so"
    let places = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/libnss_wrapper.so" }
    return (places + [beside]).first(where: MTATree.current.has) ?? beside
  }

  /// The files that Sendmail needs.
  var neededFiles: [String] {
    [MTATree.current.path(of: program), macros, MTATree.current.path(of: hostNames), Self.m4]
  }

  /// Copies the program into an instance's directory, and returns its path.
  ///
  /// The packages' program is setgid, and the system preloads no library into such a program.
  func copyProgram(to directory: InstanceDirectory) throws -> String {
    let copy = directory.path(of: "sendmail")
    // Another program makes the copy. Otherwise, a process that another thread starts at this moment could
    // inherit our descriptor of the copy, and the system does not run a file that is open for writing.
    try Subprocess.succeed("/bin/cp", [MTATree.current.path(of: program), copy])
    try FileAttributes.setMode(0o755, of: copy)
    return copy
  }

  /// Returns the environment of an instance: its own host name and hosts file.
  ///
  /// Without a fully qualified host name, Sendmail sleeps for 60 seconds before it reads its configuration.
  func environment(in directory: InstanceDirectory) -> [String: String] {
    [
      "LD_PRELOAD": hostNames,
      "NSS_WRAPPER_HOSTNAME": "sendmail.example.org",
      "NSS_WRAPPER_HOSTS": directory.path(of: "hosts"),
    ]
  }
}
