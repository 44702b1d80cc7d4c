import Foundation
import MilterPlatform
import MilterSystem
import MilterProcessFixtures
import Testing

/// `milter doctor` on prepared directories, and on the default files of real MTAs.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct DoctorTests: DoctorTesting {
  let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  @Test func `A correct configuration has no findings`() throws {
    let (filter, socket, spec) = try greeter()
    let run = try postfix(
      socket,
      """
      # a comment
      filters = { \(spec), connect_timeout=40s,
        default_action=tempfail }
      smtpd_milters =
        inet:localhost:1, ${filters}
      """)
    #expect(run.output == "nothing is wrong\n")
    expect(run)
    expect(try milter("doctor", "--socket", socket))
    _ = filter
  }

  @Test func `An error explains why nobody listens`() throws {
    let path = directory.path(of: "s")
    expect(
      try milter("doctor", "--socket", "unix:\(directory.path)/run/x/s"),
      "error: nobody listens on unix:\(directory.path)/run/x/s\n",
      "why: there is no \(directory.path)/run\n", "fix: start the filter")
    expect(
      try milter("doctor", "--socket", SocketKind.inet6.free(in: directory)),
      "error: nobody listens on inet6:", "Connection refused")
    try ListeningSocket.leaveStale(at: path)
    expect(
      try milter("doctor", "--socket", path), "error: unix:\(path) is a stale socket",
      "remove \(path) first")
    try directory.write([], to: "file")
    expect(
      try milter("doctor", "--socket", directory.path(of: "file")),
      "why: \(directory.path)/file is not a socket\n")
  }

  @Test func `A chrooted daemon looks in the queue directory`() throws {
    let master = Self.master.replacing("smtp inet n - n", with: "smtp inet n - y")
    let socket = "unix:\(directory.path(of: "s"))"
    let outside = try StartedProgram.listening(
      "greeter", ["--socket", socket, "--socket-mode", "666"])
    let inside = directory.path + "/queue" + directory.path(of: "s")
    expect(
      try postfix(socket, "smtpd_milters = \(socket)", master: master),
      "error: the daemon smtp inet looks for the filter at \(inside)\n",
      "fix: have the filter listen on unix:\(inside), or on a port;")
    expect(try postfix(socket, "smtpd_milters = \(socket)"))
    // In the chroot column, "-" means yes, or no if compatibility_level is 1 or higher.
    let unmarked = Self.master.replacing("smtp inet n - n", with: "smtp inet n - -")
    expect(
      try postfix(socket, "smtpd_milters = \(socket)", master: unmarked), "looks for the filter at")
    expect(
      try postfix(
        socket, "compatibility_level = 3.6\nsmtpd_milters = \(socket)", master: unmarked))
    _ = try outside.end()
    // The doctor accepts a filter that listens where Postfix looks, by the same path or by a relative one.
    try directory.write([], to: "queue\(directory.path)/empty")
    try directory.write([], to: "queue/filter/empty")
    let second = try StartedProgram.listening(
      "greeter", ["--socket", "unix:\(inside)", "--socket-mode", "666"])
    expect(try postfix("unix:\(inside)", "smtpd_milters = \(socket)", master: master))
    let relative = "unix:\(directory.path)/queue/filter/s"
    let third = try StartedProgram.listening(
      "greeter", ["--socket", relative, "--socket-mode", "666"])
    expect(try postfix(relative, "smtpd_milters = unix:filter/s", master: master))
    expect(try postfix(relative, "smtpd_milters = unix:filter/s"))
    _ = (try second.end(), try third.end())
  }

  @Test(.needsRoot("only root can make what others cannot reach"))
  func `The MTA's user must be able to reach the socket`() throws {
    let socket = "unix:\(directory.path(of: "deep/er/s"))"
    let group = try Subprocess.succeed("/usr/bin/id", ["-gn", "nobody"]).output
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try directory.write([], to: "deep/er/empty")
    let filter = try StartedProgram.listening(
      "greeter", ["--socket", socket, "--socket-mode", "600"])
    chmod(directory.path(of: "deep"), 0o700)
    expect(
      try postfix(socket, "smtpd_milters = \(socket)"),
      "error: the MTA's user nobody cannot enter \(directory.path)/deep (mode 0700)\n",
      "error: the MTA's user nobody cannot write to \(directory.path)/deep/er/s (mode 0600)\n",
      "--socket-mode 660 --socket-group \(group)\n", "\n2 to fix\n")
    chmod(directory.path(of: "deep"), 0o711)
    chmod(directory.path(of: "deep/er/s"), 0o666)
    expect(try postfix(socket, "smtpd_milters = \(socket)"))
    chmod(directory.path(of: "deep/er"), 0o777)
    expect(
      try postfix(socket, "smtpd_milters = \(socket)"),
      "warning: \(directory.path)/deep/er above the socket is writable for everyone\n")
    _ = try filter.end()
  }

  @Test func `Parameters that Postfix does not use or cannot read`() throws {
    let (filter, socket, spec) = try greeter()
    expect(
      try postfix(socket, "smtpd_milters = inet:127.0.0.1:1"),
      "error: the daemon smtp inet does not use the filter: it is not in smtpd_milters\n",
      "why: that has only inet:127.0.0.1:1\n",
      "fix: in main.cf: smtpd_milters = inet:127.0.0.1:1, \(spec)\n")
    expect(try postfix(socket, ""), "why: smtpd_milters is empty\n")
    expect(
      try postfix(socket, "smtpd_milters = \(socket)"),
      "error: smtpd_milters of smtp inet has \"\(socket)\"\n", "fix: write \(spec)\n")
    let own = "smtp inet n - n - - smtpd\n  -o smtpd_milters=\n  -o { x = y }\n"
    expect(
      try postfix(socket, "smtpd_milters = \(spec)", master: own),
      "the daemon smtp inet does not use the filter")
    expect(
      try postfix(socket, "smtpd_milters = $a\na = $smtpd_milters"), "refers to itself\n")
    _ = filter
  }

  @Test(arguments: [
    ("milter_default_action = accept", "warning: milter_default_action is accept\n"),
    ("milter_default_action = reject", "warning: milter_default_action is reject\n"),
    ("milter_default_action = discard", "error: milter_default_action is \"discard\"\n"),
    ("milter_protocol = 2", "warning: milter_protocol is 2\n"),
    ("milter_command_timeout = 5s", "warning: milter_command_timeout is 5 s; 30 s are usual"),
    ("milter_content_timeout = 1m", "warning: milter_content_timeout is 60 s"),
  ])
  func `Settings that surprise`(_ setting: String, _ line: String) throws {
    let (filter, socket, spec) = try greeter()
    expect(try postfix(socket, "smtpd_milters = \(spec)\n\(setting)"), line)
    _ = filter
  }

  @Test(arguments: [
    ("3.7.11", "milter_default_action = shutdown", "error: milter_default_action is shutdown\n"),
    ("3.11.7", "milter_default_action = shutdown", nil), ("3.11.7", "", nil), ("3.7.11", "", nil),
    ("3.10.13", "milter_default_action = tempfail", "note: milter_default_action is tempfail\n"),
    ("3.7.11", "milter_default_action = tempfail", nil),
    ("2.11.3", "smtpd_milters = { SPEC, default_action=tempfail }", "that came with 3.0\n"),
    ("3.7.11", "smtpd_milters = { SPEC, default_action=tempfail }", nil),
    ("3.7.11", "smtpd_milters = { SPEC, default_action=shutdown }", "is shutdown\n"),
  ])
  func `A setting is checked against the release`(
    _ version: String, _ setting: String, _ words: String?
  ) throws {
    let (filter, socket, spec) = try greeter()
    let lines = "smtpd_milters = \(spec)\n\(setting.replacing("SPEC", with: spec))"
    let run = try postfix(
      socket, lines, "--postconf", "none", "--postfix-version", version)
    if let words { #expect(run.output.contains(words)) }
    let isAboutAction = ["shutdown", "tempfail"].contains { run.output.contains(" is \($0)\n") }
    #expect(isAboutAction == (words?.contains("is ") ?? false))
    #expect(run.status == (words == nil || words?.hasPrefix("note") == true ? 0 : 3))
    _ = filter
  }

  @Test func `A filter that may replace bodies cannot serve an MTA that does not allow that`()
    throws
  {
    let words = "warning: the filter may replace bodies, and "
    let cases = [
      ("smtpd_milters = SPEC", nil),
      ("smtpd_milters = SPEC\nmilter_default_action = accept", "milter_default_action is accept\n"),
      (
        "smtpd_milters = { SPEC, default_action=accept }\nnon_smtpd_milters =",
        "default_action of SPEC is accept\n"
      ),
      (
        "smtpd_milters = { SPEC, default_action=tempfail }\nmilter_default_action = accept", nil
      ),
      ("smtpd_milters = SPEC\nmilter_default_action = quarantine", nil),
      // For local mail, only the default_action in non_smtpd_milters applies.
      (
        "smtpd_milters = SPEC\nnon_smtpd_milters = { SPEC, default_action=accept }",
        "default_action of SPEC is accept\n"
      ),
    ]
    let text = try directory.write("text\n", to: "text")
    for (sample, options, changesBodies) in [
      ("disclaimer", ["--text", text], true), ("ratelimit", [], false),
    ] {
      let socket = try SocketKind.inet.free(in: directory)
      let port = inetPort(of: socket)
      let spec = "inet:127.0.0.1:\(port)"
      let filter = try StartedProgram.listening(sample, ["--socket", socket] + options)
      for (lines, setting) in cases {
        let run = try postfix(socket, lines.replacing("SPEC", with: spec))
        let isFound = setting.map { run.output.contains(words + $0.replacing("SPEC", with: spec)) }
        #expect((isFound ?? false) == (changesBodies && setting != nil), "\(sample), \(lines)")
        #expect(run.output.contains(words) == (isFound ?? false), "\(sample), \(lines)")
      }
      for (flags, isOpen) in [("", true), (", F=R", false), (", F=T", false)] {
        let lines = "O InputMailFilters=f\nXf, S=\(socket)\(flags)\n"
        let file = try directory.write(lines, to: "sendmail.cf")
        let run = try milter("doctor", "--socket", socket, "--sendmail", file)
        #expect(
          run.output.contains("\(words)the filter f has no F=\n") == (changesBodies && isOpen),
          "\(sample)\(flags)")
      }
      _ = try filter.end()
    }
  }

  @Test func `Times are compared with what the filter needs`() throws {
    let (filter, socket, spec) = try greeter()
    let slow = try postfix(socket, "smtpd_milters = \(spec)", "--answer-time", "120")
    expect(
      slow, "error: milter_command_timeout is 30 s, and the filter may take 120 s\n")
    #expect(!slow.output.contains("milter_connect_timeout"))
    #expect(!slow.output.contains("milter_content_timeout"))
    let lines = "milter_command_timeout = 5s\nsmtpd_milters = \(spec)"
    expect(try postfix(socket, lines, "--answer-time", "4"))
    _ = filter
  }

  @Test func `Mail of the machine itself is noted`() throws {
    let (filter, socket, spec) = try greeter()
    let run = try postfix(socket, "smtpd_milters = \(spec)\nnon_smtpd_milters =")
    #expect(run.output.hasPrefix("note: non_smtpd_milters is empty\n"))
    #expect(run.output.hasSuffix("\nnothing is wrong, 1 to note\n"))
    expect(run)
    _ = filter
  }

  @Test func `A missing configuration is named`() throws {
    let run = try milter("doctor", "--socket", "inet:1", "--postfix", directory.path)
    #expect(
      run.errors
        == "milter doctor: cannot read \(directory.path)/main.cf: No such file or directory\n")
    #expect(run.status == 1)
  }
}
