import Glibc
import MilterProcessFixtures
import MilterSystem
import Testing

/// The command line of the `milter` program, without any command.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct CommandLineTests {
  private static let verbs = ["play", "watch", "replay", "status", "doctor", "config", "chain"]

  @Test(arguments: ["--help", "-h", "help"])
  func `Help names every command`(word: String) throws {
    let run = try milter(word)
    for verb in Self.verbs { #expect(run.output.contains("\n  milter \(verb) "), "\(verb)") }
    #expect(run.status == 0)
    #expect(run.errors == "")
  }

  @Test func `The version names the package`() throws {
    #expect(try milter("--version").output == "milter (swift-milter 0.1.0)\n")
  }

  @Test(arguments: verbs)
  func `Every command has help`(_ verb: String) throws {
    let run = try milter(verb, "--help")
    #expect(run.output.hasPrefix("usage: milter \(verb) "))
    #expect(run.output.contains("\n  --help "))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 110 })
    #expect(run.status == 0)
  }

  @Test(arguments: [
    ([], "milter: the command is missing; give one of play"),
    (["paly"], "milter: paly: no such command; did you mean milter play?; see --help\n"),
    (["--bogus"], "milter: --bogus: no such command; see --help\n"),
    (
      ["play", "--sokcet", "x"],
      "milter play: --sokcet: no such option; did you mean --socket?; see --help\n"
    ),
    (["play", "--socket"], "milter play: --socket needs an argument; see --help\n"),
    (["play", "x.eml"], "milter play: no filter: give --socket SPEC or"),
    (["play", "--socket", "inet:1"], "milter play: no messages: give files, directories, or -"),
    (["play", "--exec", "true", "-"], "milter play: --exec true: write {socket} where"),
    (["play", "--profile", "exim"], "milter play: --profile exim: not one of libmilter, postfix"),
    (["play", "--client", "somebody"], "milter play: --client somebody: write NAME[ADDRESS]"),
    (["play", "--macro", "i"], "milter play: --macro i: not of the form NAME=VALUE"),
    (["play", "--setting", "x"], "milter play: --setting x: not of the form NAME=VALUE"),
    (
      ["play", "--setting", "milter_default_action=shutdown"],
      "milter play: --setting milter_default_action=shutdown: libmilter has no such setting"
    ),
    (
      ["play", "--profile", "postfix-3.10", "--setting", "non_empty_end_of_header_action=reject"],
      "milter play: --setting non_empty_end_of_header_action=reject: postfix-3.10 has no such setting; "
        + "it has milter_default_action, force_mime_input_conversion"
    ),
    (
      ["play", "--profile", "postfix", "--setting", "milter_default_action=accept"],
      "milter play: --setting milter_default_action=accept: not one of shutdown, tempfail"
    ),
    (["play", "--repeat", "0"], "milter play: --repeat 0: not a number from 1 to"),
    (["config"], "milter config: no MTA: write milter config postfix"),
    (["config", "exim", "--socket", "inet:1"], "milter config: exim: not postfix or sendmail"),
    (["config", "postfix"], "milter config: no socket: give --socket SPEC"),
    (["config", "postfix", "--socket", "fd:3"], "milter config: fd:3: an MTA cannot connect to"),
  ])
  func `A wrong command line is reported with the reason`(_ arguments: [String], _ message: String)
    throws
  {
    let run = try milter(arguments)
    #expect(run.errors.hasPrefix(message))
    #expect(run.errors.hasSuffix("; see --help\n"))
    #expect(run.output.isEmpty)
    #expect(run.status == 64)
  }

  @Test func `The program ends silently when its reader has left`() throws {
    var pipe: [Int32] = [0, 0]
    try #require(Glibc.pipe(&pipe) == 0)
    close(pipe[0])
    defer { close(pipe[1]) }
    // A child process that another test is starting keeps a copy of the read end until it calls exec.
    try wait(for: "the reader to be gone") {
      var entry = pollfd(fd: pipe[1], events: 0, revents: 0)
      return Glibc.poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLERR) != 0
    }
    let input = try ScratchFile()
    let errors = try ScratchFile()
    let process = try Subprocess.spawn(
      BuiltProgram.path(of: "milter"), ["--help"], environment: Subprocess.environment,
      descriptors: (input.descriptor, pipe[1], errors.descriptor))
    #expect(try Subprocess.waitForExit(of: process) == 141)
    #expect(try errors.contents() == [])
  }
}
