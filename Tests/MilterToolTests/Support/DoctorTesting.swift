import Foundation
import MilterProcessFixtures
import Testing

/// A suite of tests for `milter doctor`.
protocol DoctorTesting {
  /// The directory for the configurations of a test.
  var directory: ScratchDirectory { get }
}

extension DoctorTesting {
  static var master: String {
    "smtp inet n - n - - smtpd\ncleanup unix n - n - 0 cleanup\n"
  }

  /// Runs the doctor on a Postfix with these lines in `main.cf`.
  func postfix(
    _ socket: String, _ main: String, master: String = Self.master, _ more: String...
  ) throws -> Subprocess {
    let common =
      "queue_directory = \(directory.path)/queue\nmail_owner = nobody\nnon_smtpd_milters = $smtpd_milters\n"
    try directory.write("\(common)\(main)\n", to: "postfix/main.cf")
    try directory.write(master, to: "postfix/master.cf")
    return try milter(
      ["doctor", "--socket", socket, "--postfix", directory.path(of: "postfix")] + more)
  }

  /// Starts a filter on a port, and returns the port also in Postfix's notation.
  func greeter() throws -> (filter: StartedProgram, socket: String, postfix: String) {
    let socket = try SocketKind.inet.free(in: directory)
    let port = inetPort(of: socket)
    return (try .listening("greeter", ["--socket", socket]), socket, "inet:127.0.0.1:\(port)")
  }

  /// Expects findings with these texts, or no finding.
  func expect(
    _ run: Subprocess, _ lines: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for line in lines { #expect(run.output.contains(line), sourceLocation: sourceLocation) }
    #expect(run.errors == "", sourceLocation: sourceLocation)
    #expect(run.status == (lines.isEmpty ? 0 : 3), sourceLocation: sourceLocation)
  }
}
