import MilterProcessFixtures
import Testing

/// `milter doctor` on the configuration of a chain.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct DoctorChainTests: DoctorTesting {
  let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  /// A chain's configuration: the default times are 9 and 240 seconds for all members together.
  private func chain(_ socket: String, _ lines: String = "") throws -> String {
    let members = "member = one unix:/one\nmember = two unix:/two\n"
    return try directory.write(
      "socket = \(socket)\n\(lines.hasPrefix("member") ? "" : members)\(lines)\n",
      to: "chain.conf")
  }

  private static let hasty =
    "member = one unix:/one connect-timeout=1 command-timeout=2\n"
    + "member = two unix:/two connect-timeout=1 command-timeout=3"

  @Test(arguments: [
    ("", "", nil), ("milter_command_timeout = 10s", "", nil),
    (
      "milter_command_timeout = 9s", "",
      """
      error: milter_command_timeout is 9 s, and the chain's members may take 9 s together for a step \
      before the content
        why: the MTA gives up on the chain, and with it on all members, before a member's fallback counts
        fix: set milter_command_timeout to 19 s or more, or step-time to 8

      """
    ),
    // The members of `hasty` may take 1 + 2 and 1 + 3 seconds, so 7 seconds together.
    ("milter_command_timeout = 8s", hasty, nil),
    (
      "milter_command_timeout = 7s", hasty,
      "error: milter_command_timeout is 7 s, and the chain's members may take 7 s together to connect"
    ),
    (
      "milter_connect_timeout = 9s", "",
      "warning: milter_connect_timeout is 9 s; 30 s are usual\n"
    ),
    (
      "milter_content_timeout = 4m", "",
      "error: milter_content_timeout is 240 s, and the chain's members may take 240 s together for the"
    ),
    ("milter_content_timeout = 241s", "", nil),
    (
      "", "content-time = 300",
      "fix: set milter_content_timeout to 310 s or more, or content-time to"
    ),
    // After 5 seconds, the server answers in place of the chain, so 4 minutes are enough.
    ("milter_content_timeout = 4m", "callback-timeout = 5", nil),
    // This callback timeout applies only to envfrom, so the other steps may still take 9 seconds.
    (
      "milter_command_timeout = 5s", "callback-timeout = envfrom=2",
      "error: milter_command_timeout is 5 s, and the chain's members may take 9 s together for a step"
    ),
  ])
  func `A chain's timeouts are compared with Postfix's`(
    main: String, lines: String, words: String?
  ) throws {
    let (filter, socket, spec) = try greeter()
    let file = try chain(socket, lines)
    let run = try postfix(socket, "smtpd_milters = \(spec)\n\(main)", "--chain", file)
    if let words { expect(run, words) } else { expect(run) }
    _ = filter
  }

  @Test
  func `A chain takes its socket from its file, and its members' timeouts may exceed its own`()
    throws
  {
    let (filter, socket, _) = try greeter()
    let run = try milter("doctor", "--chain", chain(socket))
    #expect(run.output == "nothing is wrong\n")
    let long = try milter(
      "doctor", "--chain", chain(socket, "member = three unix:/three command-timeout=30"))
    #expect(
      long.output.hasPrefix(
        """
        note: command-timeout of the member three is 30 s, and step-time is less
          why: step-time is the time of all members together, so the chain ends the wait first
        """))
    #expect(long.status == 0)
    for (arguments, words) in [
      (["--chain", try chain(socket), "--answer-time", "5"], "leave out --answer-time or --chain"),
      (
        ["--chain", try directory.write("member = a\n", to: "bad.conf")], "a member is written NAME"
      ),
      (
        ["--chain", try directory.write("socket = \(socket)\n", to: "none.conf")],
        "no member is given"
      ),
    ] {
      let wrong = try milter(["doctor"] + arguments)
      #expect(wrong.errors.contains(words), "\(arguments): \(wrong.errors)")
      #expect(wrong.status != 0 && wrong.status != 3, "\(arguments)")
    }
    _ = filter
  }
}
