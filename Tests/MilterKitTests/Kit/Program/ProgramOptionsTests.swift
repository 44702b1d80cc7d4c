import MilterPlay
import MilterProcessFixtures
import Testing

@testable import MilterKit

@Suite(.ownThread, .serialized) struct ProgramOptionsTests {
  private func options(_ arguments: String...) throws -> ProgramOptions {
    try ProgramOptions(["filter"] + arguments)
  }

  @Test func `Every option is read`() throws {
    let options = try options(
      "--socket", "inet:1@h", "--socket=unix:/s", "--timeout", "60", "--backlog", "5",
      "--socket-mode", "660", "--socket-group", "mail", "--user", "nobody:mail", "--pidfile", "/p",
      "--negotiation-timeout", "61", "--max-connections", "7", "--callback-timeout", "25",
      "--callback-timeout", "eom=240",
      "--callback-timeout=body=9", "--callback-fallback", "accept", "--keepalive", "5", "--log",
      "syslog", "--syslog-facility", "local3", "--log-level", "debug", "--metrics", "/m",
      "--max-threads", "40", "--stack-size", "512", "--linger", "5")
    #expect(options.configuration.maxThreads == 40)
    #expect(options.configuration.stackSize == 512 << 10)
    #expect(options.configuration.linger == .milliseconds(5))
    #expect(options.task == .serve)
    #expect(options.sockets == ["inet:1@h", "unix:/s"])
    #expect(options.configuration.timeout == .seconds(60))
    #expect(options.configuration.negotiationTimeout == .seconds(61))
    #expect(options.configuration.backlog == 5)
    #expect(options.configuration.socketMode == 0o660)
    #expect(options.configuration.socketGroup == "mail")
    #expect(options.user == "nobody:mail")
    #expect(options.pidfile == "/p")
    #expect(options.configuration.maxConnections == 7)
    #expect(options.configuration.callbackTimeout == .seconds(25))
    #expect(options.configuration.callbackTimeouts == [.eom: .seconds(240), .body: .seconds(9)])
    #expect(options.configuration.callbackFallback == .accept)
    #expect(options.configuration.keepalive == .seconds(5))
    #expect(options.configuration.log.level == .debug)
    #expect(options.log == .syslog)
    #expect(options.syslogFacility == .local3)
    #expect(options.metricsFile == "/m")
  }

  @Test func `The options of try are read`() throws {
    let options = try options(
      "--try", "-", "--try-output", "/o", "--from", "a@b", "--rcpt", "c@d", "--rcpt", "e@f")
    #expect(options.task == .tryMessages(["-"]))
    #expect(options.play.outputFile == "/o")
    #expect(options.play.sender == "a@b")
    #expect(options.play.recipients == ["c@d", "e@f"])
  }

  @Test func `-p is --socket, as in filters of libmilter`() throws {
    #expect(
      try options("-p", "inet:1@h", "-punix:/s", "--socket", "fd:3").sockets
        == ["inet:1@h", "unix:/s", "fd:3"])
    #expect(ProgramOptions.help(own: []).contains("-p SPEC"))
  }

  @Test func `Help and version need no socket`() throws {
    #expect(try options("--help").task == .help)
    #expect(try options("-h").task == .help)
    #expect(try options("--version").task == .version)
  }

  @Test(arguments: [
    (["--bogus"], "--bogus: no such option"),
    (["-x"], "-x: no such option"),
    (["--socket"], "--socket needs an argument"),
    (["-p"], "-p needs an argument"),
    (["stray", "-p"], "-p needs an argument"),
    (["stray", "--bogus"], "--bogus: no such option"),
    (["stray", "--socket"], "--socket needs an argument"),
    (["stray", "-hx"], "-x: no such option"),
    (["--help=yes"], "--help=yes: --help takes no argument"),
    (["stray", "--help=yes"], "--help=yes: --help takes no argument"),
    (["--tyr", "f"], "--tyr: no such option; did you mean --try?"),
    (["--rcpts=a"], "--rcpts=a: no such option; did you mean --rcpt?"),
    (["--socket-", "s"], "--socket-: could be any of --socket-mode, --socket-group"),
    (["--socket", "s", "extra"], "extra: unexpected argument"),
    (["--socket", "s", "--timeout", "soon"], "--timeout soon: not a number from 1 to 2147483647"),
    (
      ["--callback-timeout", "eod=5"],
      "--callback-timeout eod=5: eod is not one of negotiate, connect, helo, envfrom, envrcpt, "
        + "data, unknown, header, eoh, body, eom, abort, close"
    ),
    (["--callback-timeout", "eom="], "--callback-timeout : not a number from 1 to 2147483647"),
    (
      ["--on-error", "discard"],
      "--on-error discard: not one of tempfail, accept, reject, shutdown"
    ),
    (
      ["--callback-fallback", "continue"],
      "--callback-fallback continue: not one of reject, discard, accept, tempfail"
    ),
    (["--keepalive", "0"], "--keepalive 0: not a number from 1 to 2147483647"),
    (["--socket", "s", "--timeout", "0"], "--timeout 0: not a number from 1 to 2147483647"),
    (["--socket", "s", "--socket-mode", "rw"], "--socket-mode rw: not an octal mode such as 660"),
    (
      ["--socket", "s", "--socket-mode", "1777"],
      "--socket-mode 1777: not an octal mode such as 660"
    ),
    (
      ["--socket", "s", "--log", "/file"],
      "--log /file: not one of stderr, syslog, json"
    ),
    (
      ["--socket", "s", "--log-level", "loud"],
      "--log-level loud: not one of error, warning, notice, info, debug"
    ),
    ([], "nothing to do: give --socket SPEC or --try FILE"),
  ])
  func `A wrong command line is reported with the reason`(_ arguments: [String], _ message: String)
  {
    #expect {
      _ = try ProgramOptions(["filter"] + arguments)
    } throws: { "\($0)" == message }
  }
}
