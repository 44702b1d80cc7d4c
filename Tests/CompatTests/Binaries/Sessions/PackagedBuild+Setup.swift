import Glibc
import MilterProcessFixtures

extension PackagedBuild {
  /// Returns amavisd's answer, which refuses one sender's mail and changes all other mail.
  static func amavisdAnswer(to request: String) -> String {
    request.contains("mallory")
      ? "setreply=550 5.7.1 refused%20by%20content\nreturn_value=reject"
      : """
      insheader=0 X-Inserted first%20one
      addheader=X-Added last%20one
      chgheader=1 Subject changed
      delheader=2 X-Twice
      addrcpt=<added@example.net>
      delrcpt=<bob@example.net>
      return_value=continue
      """
  }

  /// Sets MIMEDefang up as another user than root, with a multiplexor that this test plays.
  func mimedefang(_ socket: String, _ folder: ScratchDirectory) throws -> Setup {
    try folder.write("", to: "spool/.made")
    let multiplexor = folder.path(of: "multiplexor")
    let service = try FakeService.multiplexor(at: multiplexor)
    var arguments = [
      "-D", "-m", multiplexor, "-p", socket, "-z", folder.path(of: "spool"), "-r", "-H", "-s",
      "-t", "-x", "MIMEDefang",
    ]
    if geteuid() == 0, let nobody = getpwnam("nobody") {
      arguments += ["-U", "nobody"]
      for name in ["run", "spool"] {
        chown(folder.path(of: name), nobody.pointee.pw_uid, nobody.pointee.pw_gid)
      }
      chmod(multiplexor, 0o777)
    }
    return Setup(arguments: arguments, service: service)
  }

  /// The filter on libbobcat's class; the error if it cannot be compiled.
  static let compiledBobcat = Result {
    let folder = try ScratchDirectory()
    let program = folder.path(of: "bobcat")
    let libraries = "\(bobcat)/usr/lib"
    try Subprocess.succeed(
      "/usr/bin/g++",
      [
        "-std=c++20", "-Wall", "-Wextra", "-Werror", "-isystem", "\(bobcat)/usr/include", "-o",
        program, LibraryUnderTest.program("bobcat.cc"), "\(libraries)/libbobcat.so.6",
        "-Wl,-rpath,\(libraries)", "-lmilter",
      ])
    return (program: program, folder: folder)
  }
}
