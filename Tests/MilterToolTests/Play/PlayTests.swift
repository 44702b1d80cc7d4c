import Foundation
import MilterProcessFixtures
import Testing

/// `milter play` as an administrator types it.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct PlayTests {
  private let hello = BuiltProgram.packageRoot + "/Samples/messages/hello.eml"
  private let directory: ScratchDirectory
  private let stamp: String

  init() throws {
    directory = try ScratchDirectory()
    stamp = try "exec \(BuiltProgram.path(of: "stamp")) --log-level error --socket {socket}"
  }

  private func play(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> Subprocess {
    try milter(
      ["play", "--exec", stamp] + arguments, input: Array(input.utf8), environment: environment)
  }

  @Test func `Milter play starts a filter, plays a message, and prints the outcome`() throws {
    let run = try play(hello)
    #expect(
      run.output == """
        verdict     accept
        headers     ...
                      Message-ID: <hello.1@example.org>
                    + X-Stamp: from client.example.org (192.0.2.25) helo client.example.org;
                    +  1 of 1 recipients; 5 headers, 38 bytes; id 4TRY000000
        body        unchanged (38 bytes)

        """)
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test func `Client and envelope are as the options specify`() throws {
    let run = try play(
      "--client", "mail.example.net[2001:DB8::7]:2525", "--helo", "me.example.net", "--macro",
      "i=MYID", "--rcpt", "a@b.example", "--rcpt", "c@d.example NOTIFY=NEVER", "-",
      input: "Subject: x\n\nbody\n")
    #expect(
      run.output.contains(
        "+ X-Stamp: from mail.example.net (2001:db8::7) helo me.example.net;\n"))
    #expect(run.output.contains("+  2 of 2 recipients; 1 headers, 6 bytes; id MYID\n"))
    #expect(run.status == 0)
  }

  @Test func `The exit status is the verdict`() throws {
    let run = try play("--from", "x@nowhere.invalid", hello)
    #expect(
      run.output
        == "verdict     reject at envfrom: 553 5.1.8 Domains in .invalid do not exist (RFC 2606)\n")
    #expect(run.status == 10)
  }

  @Test func `One JSON object is printed for each message`() throws {
    let mbox = try directory.write(
      "From a\nSubject: 1\n\n\u{e9}\n\nFrom b\nSubject: 2 \u{e9}\n\n>From here\n",
      to: "two.mbox")
    let run = try play("--json", "--repeat", "2", mbox)
    let outcomes = try PlayedOutcome.all(in: run.output)
    #expect(
      outcomes.map(\.message) == ["\(mbox):1", "\(mbox):1", "\(mbox):2", "\(mbox):2"])
    #expect(outcomes.allSatisfy { $0.verdict == "accept" && $0.actions[0].name == "X-Stamp" })
    #expect(run.status == 0)
  }

  @Test func `Many connections keep the order of the messages`() throws {
    for number in 10..<60 {
      try directory.write("Subject: \(number)\n\nx\n", to: "mail/\(number).eml")
    }
    let run = try play("--connections", "8", directory.path(of: "mail"))
    let names = run.output.split(separator: "\n").filter { $0.hasPrefix("message ") }
    #expect(names.map { $0.suffix(6) } == (10..<60).map { "\($0).eml" })
    #expect(run.output.hasSuffix("\n50 messages: 50 accept\n"))
    #expect(run.status == 0)
  }

  @Test func `A message of a mailbox is written with its quoting undone`() throws {
    let mbox = try directory.write(
      "From a\nSubject: 1\n\n>From x\n>>From y\n\nFrom b\nSubject: 2\n\nno\nFrom z\n",
      to: "m.mbox")
    _ = try play("--output", directory.path(of: "out"), mbox)
    let texts = try ["out/m.mbox:1", "out/m.mbox:2"].map { try directory.text($0) }
    #expect(texts[0].hasPrefix("From a\r\nSubject: 1\r\nX-Stamp: "))
    #expect(texts[0].hasSuffix("\r\n\r\nFrom x\r\n>From y\r\n"))
    #expect(texts[1].hasSuffix("\r\n\r\nno\r\nFrom z\r\n"))
  }

  @Test(arguments: ["postfix", "sendmail", "libmilter", "stalwart"])
  func `Any MTA can be simulated`(_ profile: String) throws {
    let run = try play("--profile", profile, hello)
    #expect(run.output.contains("+ X-Stamp: from client.example.org"))
    #expect(run.status == 0)
  }

  @Test func `A setting of the MTA is played`() throws {
    let mail = try directory.write(
      "Content-Transfer-Encoding: 8bit\nno field \u{e9}\n", to: "unended.eml")
    let output = directory.path(of: "settings")
    let run = try play(
      "--profile", "postfix-3.11", "--setting", "force_mime_input_conversion=yes", "--setting",
      "non_empty_end_of_header_action=add_header", "--output", output, mail)
    #expect(run.status == 0)
    let text = try directory.text("settings/unended.eml")
    #expect(text.hasPrefix("Content-Transfer-Encoding: quoted-printable\r\nX-Stamp: "))
    #expect(
      text.hasSuffix(
        "MIME-Error: message header was not terminated by empty line\r\n\r\nno field =C3=A9\r\n"))
  }

  @Test(arguments: [
    (["--exec", "exit 7 # {socket}", "-"], "the filter ended with status 7 before it listened"),
    (["--exec", "kill -9 $$ # {socket}", "-"], "the filter ended by signal 9 before it listened"),
    (
      ["--socket", "unix:/nonexistent/s", "-"],
      "cannot connect to unix:/nonexistent/s: No such file"
    ),
    (
      ["--exec", "true {socket}", "/nonexistent.eml"], "cannot read /nonexistent.eml: No such file"
    ),
  ])
  func `What cannot be done is reported in one line`(_ arguments: [String], _ message: String)
    throws
  {
    let run = try milter(["play"] + arguments)
    #expect(run.errors.hasPrefix("milter play: \(message)"))
    #expect(run.errors.filter { $0 == "\n" }.count == 1)
    #expect(run.output.isEmpty)
    #expect(run.status == 1)
  }

  @Test func `The filter is ended with SIGTERM, and nothing is left behind`() throws {
    let trace = directory.path(of: "trace")
    let run = try milter(
      "play", "--exec",
      "trap 'echo asked >>\(trace)' TERM; \(stamp.dropFirst(5)); echo {socket} >>\(trace)", hello)
    #expect(run.status == 0)
    let lines = try directory.text("trace").split(separator: "\n")
    #expect(lines.first == "asked")
    let socket = try #require(lines.last?.dropFirst("unix:".count))
    #expect(!FileManager.default.fileExists(atPath: String(socket)))
  }

  @Test func `A filter that crashes is a failure, and its exit is reported`() throws {
    let run = try milter(
      "play", "--exec",
      "exec python3 \(BuiltProgram.packageRoot)/Tests/MilterToolTests/Filters/crash.py {socket}",
      hello, hello)
    #expect(run.status == 20)
    #expect(run.output.contains("verdict     failure"))
    #expect(run.errors.contains("the filter ended with status 3\n"))
  }
}
