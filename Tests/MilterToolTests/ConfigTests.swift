import Foundation
import MilterPlatform
import MilterProcessFixtures
import Testing

/// `milter config`, and the doctor's findings in configurations with its output.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ConfigTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  @Test(arguments: [
    ("inet:8891@127.0.0.1", "inet:127.0.0.1:8891", "inet:8891@127.0.0.1"),
    ("inet:8891", "inet:127.0.0.1:8891", "inet:8891@127.0.0.1"),
    ("inet6:8891@::1", "inet:[::1]:8891", "inet6:8891@::1"),
    ("inet:mx.example.org:8891", "inet:mx.example.org:8891", "inet:8891@mx.example.org"),
    ("/run/x/s", "unix:/run/x/s", "unix:/run/x/s"),
    ("unix:/var/spool/postfix/x/s", "unix:x/s", "unix:/var/spool/postfix/x/s"),
  ])
  func `Each MTA has its notation`(_ socket: String, _ postfix: String, _ sendmail: String) throws {
    let main = try milter("config", "postfix", "--socket", socket, "--name", "x")
    #expect(main.output.contains("\nsmtpd_milters = \(postfix)\n"))
    #expect(main.status == 0)
    let mc = try milter("config", "sendmail", "--socket", socket, "--name", "x")
    #expect(
      mc.output.contains(
        "\nINPUT_MAIL_FILTER(`x', `S=\(sendmail), F=T, T=C:5m;S:30s;R:30s;E:5m')dnl\n"))
    #expect(mc.status == 0)
  }

  @Test func `The options that the filter needs are printed`() throws {
    let options = [
      "--socket", "inet:1", "--answer-time", "400", "--when-down", "accept", "--macros",
      "connect={client_ptr}", "--macros", "eom=i,auth_type",
    ]
    let main = try milter(["config", "postfix"] + options).output
    #expect(main.contains("\nmilter_default_action = accept\n"))
    #expect(main.contains("\nmilter_command_timeout = 400s\nmilter_content_timeout = 400s\n"))
    #expect(
      main.contains(
        "\nmilter_connect_macros = j {daemon_name} {daemon_addr} v _ {client_ptr}\n"
          + "milter_end_of_data_macros = i {auth_type}\n"))
    let mc = try milter(["config", "sendmail"] + options).output
    #expect(mc.contains(", T=C:5m;S:30s;R:400s;E:400s')"))
    #expect(!mc.contains("F="))
    #expect(mc.contains("confMILTER_MACROS_CONNECT``, {client_ptr}'')dnl"))
  }

  @Test func `The lines suit the release`() throws {
    func lines(_ mta: String, _ options: String...) throws -> Subprocess {
      try milter(["config", mta, "--socket", "inet:1"] + options)
    }
    for (version, action) in [
      ("3.7.11", "tempfail"), ("3.10.13", "shutdown"), ("3.11.7", "shutdown"),
    ] {
      let output = try lines("postfix", "--mta-version", version).output
      #expect(output.contains("\nmilter_default_action = \(action)\n"), "\(version)")
    }
    #expect(try lines("postfix").output.contains("\nmilter_default_action = tempfail\n"))
    let newer = [
      (
        ["--when-down", "shutdown", "--mta-version", "3.7.11"],
        "--when-down shutdown: Postfix 3.7.11"
      ),
      (["--own-settings", "--mta-version", "2.11"], "--own-settings: Postfix 2.11"),
    ]
    for (options, error) in newer {
      let run = try milter(["config", "postfix", "--socket", "inet:1"] + options)
      #expect(run.status == 64, "\(options)")
      #expect(run.errors.contains("\(error) does not know that; it came with 3."), "\(options)")
    }
    #expect(try lines("sendmail", "--when-down", "shutdown").output.contains(", F=4, T="))
    #expect(try lines("sendmail", "--when-down", "quarantine").status == 64)
    #expect(try lines("postfix", "--mta-version", "new").status == 64)
  }

  @Test func `Lines that not every release knows name the releases that do`() throws {
    let releases = "3.7.20, 3.8.15, 3.9.9, 3.10.8 and 3.11"
    let comment = "\n# Postfix knows shutdown since \(releases); --mta-version checks that.\n"
    func lines(_ options: String...) throws -> String {
      try milter(["config", "postfix", "--socket", "inet:1"] + options).output
    }
    #expect(try lines("--when-down", "shutdown").contains(comment))
    #expect(try lines("--when-down", "shutdown", "--own-settings").contains(comment))
    let suitAll = [
      [], ["--own-settings"], ["--when-down", "quarantine"],
      ["--when-down", "shutdown", "--mta-version", "3.11.7"],
    ]
    for options in suitAll {
      let output = try milter(["config", "postfix", "--socket", "inet:1"] + options).output
      #expect(!output.contains("knows shutdown"), "\(options)")
    }
    let help = try milter("config", "--help").output
    #expect(help.contains("--when-down shutdown\nthey suit the releases since \(releases) only."))
  }

  @Test func `Settings can be the filter's own, and each line is explained`() throws {
    let own = try milter(
      "config", "postfix", "--socket", "inet:1", "--own-settings", "--mta-version", "3.11.7"
    ).output
    #expect(
      own.contains(
        "\nsmtpd_milters = { inet:127.0.0.1:1, default_action=shutdown, protocol=6, "
          + "connect_timeout=30s, command_timeout=30s, content_timeout=300s }\n"))
    #expect(!own.contains("\nmilter_"))
    for options in [["postfix"], ["postfix", "--own-settings"], ["sendmail"]] {
      let plain = try milter(["config"] + options + ["--socket", "inet:1"]).output
      let explained = try milter(["config"] + options + ["--socket", "inet:1", "--explain"]).output
      let isComment = { (line: Substring) in line.hasPrefix("# ") || line.hasPrefix("dnl ") }
      let lines = [plain, explained].map { $0.split(separator: "\n") }
      #expect(
        lines[0].filter { !isComment($0) } == lines[1].filter { !isComment($0) }, "\(options)")
      #expect(lines[1].count(where: isComment) > lines[0].count(where: isComment) + 3, "\(options)")
    }
  }

  private static let postfixFiles = "/usr/share/postfix"

  @Test(
    .needs(files: ["\(postfixFiles)/master.cf.dist"], for: "Postfix", from: .mtas))
  func `A Postfix with these lines has no findings`() throws {
    let socket = try SocketKind.inet.free(in: directory)
    let filter = try StartedProgram.listening("greeter", ["--socket", socket])
    let lines = try milter("config", "postfix", "--socket", socket, "--name", "greeter").output
    let main = try String(contentsOfFile: "\(Self.postfixFiles)/main.cf.dist", encoding: .utf8)
    try directory.write("\(main)\n\(lines)", to: "main.cf")
    try directory.write(
      Data(contentsOf: URL(filePath: "\(Self.postfixFiles)/master.cf.dist")), to: "master.cf")
    let run = try milter("doctor", "--socket", socket, "--postfix", directory.path)
    #expect(run.output == "nothing is wrong\n")
    #expect(run.status == 0)
    // In Debian's master.cf, smtpd is chrooted, so it cannot reach a socket outside the queue directory.
    let chrooted = try milter("config", "postfix", "--socket", "/run/g/s").output
    try directory.write("\(main)\n\(chrooted)", to: "main.cf")
    let second = try milter("doctor", "--socket", "/run/g/s", "--postfix", directory.path)
    #expect(second.output.contains("looks for the filter at /var/spool/postfix/run/g/s\n"))
    #expect(second.status == 3)
    _ = filter
  }

  private static let sendmailRoot =
    ProcessInfo.processInfo.environment["SWIFT_MILTER_SENDMAIL_ROOT"]
    ?? "/opt/swift-milter-tests/sendmail"
  private static let macros = "\(sendmailRoot)/usr/share/sendmail/cf/m4/cf.m4"

  /// A configuration of Sendmail with these lines, in a file.
  private func sendmail(_ lines: String) throws -> String {
    let source = """
      include(`\(Self.macros)')dnl
      OSTYPE(`linux')dnl
      \(lines)
      MAILER(`smtp')dnl

      """
    let path = try directory.write(source, to: "sendmail.mc")
    return try directory.write(
      Subprocess.succeed("/usr/bin/m4", [path]).outputBytes, to: "sendmail.cf")
  }

  @Test(
    .needs(files: [macros], for: "Sendmail", from: .mtas))
  func `A Sendmail with these lines has no findings`() throws {
    let socket = try SocketKind.inet6.free(in: directory)
    let filter = try StartedProgram.listening("greeter", ["--socket", socket])
    let lines = try milter(
      "config", "sendmail", "--socket", socket, "--name", "greeter", "--macros",
      "connect={client_ptr}"
    ).output
    let file = try sendmail(lines)
    let text = try directory.text("sendmail.cf")
    #expect(text.contains("\nO Milter.macros.connect=j, _, {daemon_name}"))
    #expect(text.contains(", {client_ptr}\n"))
    let well = try milter("doctor", "--socket", socket, "--sendmail", file)
    #expect(well.output == "nothing is wrong\n")
    #expect(well.status == 0)

    func finds(_ lines: String, _ finding: String, at socket: String = socket) throws {
      let run = try milter("doctor", "--socket", socket, "--sendmail", sendmail(lines))
      #expect(run.output.contains(finding))
      #expect(run.status == 3)
    }
    // Sendmail does not accept an address in brackets.
    let plain = socket.replacing("[", with: "").replacing("]", with: "")
    try finds(
      "INPUT_MAIL_FILTER(`g', `S=\(socket), F=T')", "does not connect to addresses in brackets")
    try finds("", "error: Sendmail does not know the filter\n")
    try finds(
      "MAIL_FILTER(`g', `S=\(plain), F=T')", "error: the filter g is defined and not used\n")
    try finds(
      "INPUT_MAIL_FILTER(`g', `S=\(plain)')", "warning: the filter g has no F=\n")
    try finds(
      "INPUT_MAIL_FILTER(`g', `S=\(plain), F=R')", "warning: the filter g has F=R\n")
    try finds(
      "INPUT_MAIL_FILTER(`g', `S=\(plain), F=T, T=R:2s')", "warning: T=R of g is 2 s")
    try finds(
      "INPUT_MAIL_FILTER(`g', `S=inet:127.0.0.1:8891, F=T')",
      "error: the filter g has S=inet:127.0.0.1:8891\n")
    let path = directory.path(of: "s")
    try finds(
      "INPUT_MAIL_FILTER(`g', `S=unix:\(path), F=T')",
      "error: /tmp above the socket is writable for everyone (mode 1777)\n", at: path)
    _ = filter
  }
}
