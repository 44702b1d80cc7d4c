import Foundation
import MilterProcessFixtures
import Testing

/// The output and exit status of `--check`, which opens nothing.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct CheckTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private func check(
    _ lines: String, _ arguments: String..., environment: [String: String] = [:]
  ) throws -> Subprocess {
    let file = try directory.write(lines.utf8, to: "filter.conf")
    return try Subprocess.run(
      BuiltProgram.path(of: "milter-operated-filter"), ["--config", file, "--check"] + arguments,
      environment: environment)
  }

  @Test func `Effective settings are printed with their sources, and nothing is opened`()
    throws
  {
    let socket = "unix:\(directory.path)/s"
    let outcome = try check(
      "socket = \(socket)\npidfile = \(directory.path)/pid\ntag = \"two # words\"\nshadow\n"
        + "callback-timeout = 5\ncallback-timeout = eom=9\n",
      "--drain", "3", environment: ["MILTER_OPERATED_FILTER_TIMEOUT": "60"])
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    let file = "\(directory.path)/filter.conf"
    for line in [
      "tag = \"two # words\"  # \(file):3", "#odd = no", "#place = /tmp",
      "socket = \(socket)  # \(file):1", "timeout = 60  # MILTER_OPERATED_FILTER_TIMEOUT",
      "#negotiation-timeout = 60", "drain = 3  # command line", "#max-connections is not set",
      "callback-timeout = 5  # \(file):5", "callback-timeout = eom=9  # \(file):6",
      "shadow = yes  # \(file):4", "#log-level = notice",
    ] {
      #expect(lines.contains(line[...]), "\(outcome.output)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["filter.conf"])
    // The output is a valid configuration file with the same settings.
    let again = try check(outcome.output)
    #expect(again.status == 0)
    func settings(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
        $0.split(separator: "  #")[0]
      }
    }
    #expect(settings(again.output) == settings(outcome.output))
  }

  @Test func `A value that no file can contain is printed as a comment`() throws {
    let outcome = try check(
      "socket = inet:0@127.0.0.1\n",
      environment: ["MILTER_OPERATED_FILTER_TAG": "a\nsocket = inet:1@0.0.0.0"])
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("socket = ") } == 1)
    #expect(lines.contains { $0.hasPrefix("#tag has control characters") }, "\(lines)")
  }

  @Test(arguments: ["--help", "--version"])
  func `Help works with an invalid variable`(_ option: String) throws {
    let outcome = try Subprocess.run(
      BuiltProgram.path(of: "milter-operated-filter"), [option],
      environment: [
        "MILTER_OPERATED_FILTER_CONFIG": "/no/such/file", "MILTER_OPERATED_FILTER_TIMEOUT": "x",
      ])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
  }

  @Test(arguments: [
    ("time-out = 5\n", "FILE:1: time-out: no such key; did you mean timeout?"),
    ("--timeout = 5\n", "FILE:1: --timeout: no such key; did you mean timeout?"),
    ("zebra = 5\n", "FILE:1: zebra: no such key"),
    ("\n# text\n\ttimeout = 0\n", "FILE:3: timeout 0: not a number from 1 to 2147483647"),
    ("check\n", "FILE:1: check can be given on the command line only"),
    ("from = a@b\n", "FILE:1: from can be given on the command line only"),
    ("timeout\n", "FILE:1: timeout needs a value: timeout = SECONDS"),
    ("= 5\n", "FILE:1: no key before =; write KEY = VALUE"),
    ("tag = \"x\n", "FILE:1: tag: the closing quote is missing"),
    ("tag = \"x\" y\n", "FILE:1: tag: text follows the closing quote"),
    (
      "log-level = info\r\ntimeout = 1\r\nlog-level = debug\r\n",
      "FILE:3: log-level is set in line 1 already"
    ),
    ("odd\ntag = x\n", "--odd and --tag exclude each other"),
  ])
  func `Errors are named with file and line, and the status is 78`(
    _ lines: String, _ message: String
  ) throws {
    let outcome = try check(lines)
    #expect(outcome.status == 78)
    #expect(outcome.output.isEmpty)
    let expected = message.replacing("FILE", with: "\(directory.path)/filter.conf")
    #expect(outcome.errors == "milter-operated-filter: \(expected)\n")
  }

  @Test(arguments: [["--bogus"], ["--timeout", "0"], ["--socket", "x:y:z"], ["extra"]])
  func `A wrong command line also has the status 78`(_ arguments: [String]) throws {
    let outcome = try Subprocess.run(
      BuiltProgram.path(of: "milter-operated-filter"), ["--check"] + arguments)
    #expect(outcome.status == 78)
  }

  @Test func `Without --check, an invalid file ends with the same line and status`() throws {
    let file = try directory.write("tmieout = 5\n".utf8, to: "filter.conf")
    let outcome = try Subprocess.run(
      BuiltProgram.path(of: "milter-operated-filter"),
      ["--config", file, "--socket", "inet:0@127.0.0.1"])
    #expect(outcome.status == 78)
    #expect(
      outcome.errors
        == "milter-operated-filter: \(file):1: tmieout: no such key; did you mean timeout?\n")
  }
}
