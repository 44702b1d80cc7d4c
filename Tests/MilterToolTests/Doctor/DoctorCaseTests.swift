import Foundation
import MilterProcessFixtures
import Testing

/// `milter doctor` on configurations whose verdict the real Postfix gives in `RealMTATests`.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15))) struct DoctorCaseTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private func examine(_ item: DoctorCase, _ socket: String, _ more: [String]) throws -> Subprocess
  {
    let port = inetPort(of: socket)
    let main = "compatibility_level = 3.6\nnon_smtpd_milters = $smtpd_milters\n"
    try directory.write("\(main)\(item.main.replacing("PORT", with: port))\n", to: "main.cf")
    let options = item.options.replacing("PORT", with: port)
    try directory.write("smtp inet n - n - - smtpd \(options)\n\(item.master)", to: "master.cf")
    return try milter(["doctor", "--socket", socket, "--postfix", directory.path] + more)
  }

  @Test func `Each case is judged as Postfix does, without its postconf`() throws {
    try judge(asksPostconf: false)
  }

  @Test(.needs(files: ["/usr/sbin/postconf"], for: "Postfix", from: .mtas))
  func `Each case is judged as Postfix does, with its own postconf`() throws {
    try judge(asksPostconf: true)
  }

  private func judge(asksPostconf: Bool) throws {
    let socket = try SocketKind.inet.free(in: directory)
    let filter = try StartedProgram.listening("greeter", ["--socket", socket])
    for item in DoctorCase.all {
      let run = try examine(item, socket, asksPostconf ? [] : ["--postconf", "none"])
      #expect(run.output.contains(item.words), "\(item): \(run.output)")
      switch item.verdict {
      case .well: #expect(run.status == 0, "\(item): \(run.output)")
      case .warning:
        #expect(run.status == 3, "\(item)")
        #expect(!run.output.contains("error: "), "\(item): \(run.output)")
      case .error: #expect(run.output.contains("error: ") && run.status == 3, "\(item)")
      }
    }
    _ = try filter.end()
  }

  @Test func `A value that doubles at every step takes no time`() throws {
    let steps = (1...60).map { "a\($0) = $a\($0 - 1) $a\($0 - 1)" }.joined(separator: "\n")
    try directory.write("a0 = x\n\(steps)\nsmtpd_milters = $a60\n", to: "main.cf")
    try directory.write("smtp inet n - n - - smtpd\n", to: "master.cf")
    let run = try milter("doctor", "--socket", "inet:1@127.0.0.1", "--postfix", directory.path)
    #expect(run.output.contains("why: the value is longer than 1048576 bytes\n"))
    #expect(run.status == 3)
  }

  @Test func `A chain of references is followed as deeply as Postfix follows it`() throws {
    let socket = try SocketKind.inet.free(in: directory)
    let filter = try StartedProgram.listening("greeter", ["--socket", socket])
    let port = inetPort(of: socket)
    for (depth, status) in [(60, Int32(0)), (300, 3)] {
      let steps = (1...depth).map { "a\($0) = $a\($0 - 1)" }.joined(separator: "\n")
      try directory.write(
        """
        compatibility_level = 3.6
        a0 = inet:127.0.0.1:\(port)
        \(steps)
        smtpd_milters = $a\(depth)
        non_smtpd_milters = $smtpd_milters

        """, to: "main.cf")
      try directory.write("smtp inet n - n - - smtpd\n", to: "master.cf")
      for more in [[], ["--postconf", "none"]] {
        let run = try milter(
          ["doctor", "--socket", socket, "--postfix", directory.path] + more)
        #expect(run.status == status, "\(more): \(depth): \(run.output)")
      }
    }
    _ = try filter.end()
  }

  @Test func `A filter for submission alone has no findings, and the open port is noted`() throws {
    let socket = try SocketKind.inet.free(in: directory)
    let filter = try StartedProgram.listening("greeter", ["--socket", socket])
    let port = inetPort(of: socket)
    try directory.write("non_smtpd_milters = inet:127.0.0.1:\(port)\n", to: "main.cf")
    try directory.write(
      """
      smtp inet n - n - - smtpd
      submission inet n - n - - smtpd
        -o smtpd_milters=inet:127.0.0.1:\(port)

      """, to: "master.cf")
    let run = try milter("doctor", "--socket", socket, "--postfix", directory.path)
    #expect(run.output.hasPrefix("note: the daemon smtp inet does not use the filter"))
    #expect(run.status == 0)
    _ = try filter.end()
  }

  @Test func `A cleanup in a chroot looks for the socket there`() throws {
    let path = directory.path(of: "run/s")
    try directory.write([], to: "run/empty")
    try directory.write([], to: "queue/empty")
    let socket = "unix:\(path)"
    let filter = try StartedProgram.listening(
      "greeter", ["--socket", socket, "--socket-mode", "666"])
    try directory.write(
      """
      compatibility_level = 3.6
      mail_owner = nobody
      queue_directory = \(directory.path)/queue
      smtpd_milters = \(socket)
      non_smtpd_milters = $smtpd_milters

      """, to: "main.cf")
    try directory.write(
      "smtp inet n - n - - smtpd\ncleanup unix n - y - 0 cleanup\n", to: "master.cf")
    let run = try milter("doctor", "--socket", socket, "--postfix", directory.path)
    #expect(
      run.output.hasPrefix(
        "error: the daemon cleanup unix looks for the filter at \(directory.path)/queue\(path)\n"))
    #expect(run.output.hasSuffix("\n1 to fix\n"))
    _ = try filter.end()
  }

  @Test func `A path through a link is the same path`() throws {
    try directory.write([], to: "real/empty")
    try FileManager.default.createSymbolicLink(
      atPath: directory.path(of: "link"), withDestinationPath: directory.path(of: "real"))
    let socket = "unix:\(directory.path(of: "real/s"))"
    let filter = try StartedProgram.listening(
      "greeter", ["--socket", socket, "--socket-mode", "666"])
    let through = "unix:\(directory.path(of: "link/s"))"
    try directory.write(
      "compatibility_level = 3.6\nmail_owner = nobody\nsmtpd_milters = \(through)\n"
        + "non_smtpd_milters = $smtpd_milters\n", to: "main.cf")
    try directory.write("smtp inet n - n - - smtpd\n", to: "master.cf")
    let run = try milter("doctor", "--socket", socket, "--postfix", directory.path)
    #expect(run.output == "nothing is wrong\n")
    _ = try filter.end()
  }
}
