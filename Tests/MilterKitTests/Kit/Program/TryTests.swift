import Foundation
import MilterProcessFixtures
import Testing

/// `--try` and the rest of the command line, as a newcomer types it.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct TryTests {
  private let hello = BuiltProgram.packageRoot + "/Samples/messages/hello.eml"
  /// The first output of `stamp`, on standard error.
  private let callbacks = """
    notice: stamp: callbacks in use: connect, helo, envfrom, envrcpt, data, unknown, header, eoh, \
    body, eom, close

    """

  @Test func `Milter play plays a message and prints the outcome`() throws {
    let run = try BuiltProgram.run("stamp", ["--try", hello])
    #expect(
      run.output == """
        verdict     accept
        headers     ...
                      Message-ID: <hello.1@example.org>
                    + X-Stamp: from client.example.org (192.0.2.25) helo client.example.org;
                    +  1 of 1 recipients; 5 headers, 38 bytes; id 4TRY000000
        body        unchanged (38 bytes)

        """)
    #expect(run.errors == callbacks)
    #expect(run.status == 0)
  }

  @Test func `The message may come from standard input and the envelope from options`() throws {
    let run = try BuiltProgram.run(
      "greeter", ["--try", "-", "--from", "me@example.net", "--rcpt", "you@example.net"],
      input: Array("Subject: hi\n\nbody\n".utf8))
    #expect(
      run.output == """
        verdict     accept
        headers       Subject: hi
                    + X-Seen-From: <me@example.net>
        body        unchanged (6 bytes)

        """)
    #expect(run.status == 0)
  }

  @Test func `Line ends of the file reach the filter on request`() throws {
    for (options, body) in [([], "8 bytes"), (["--raw-line-ends"], "5 bytes")] {
      let run = try BuiltProgram.run(
        "stamp", ["--try", "-"] + options, input: Array("Subject: hi\r\n\r\na\rb\nc".utf8))
      #expect(run.output.contains("1 headers, \(body); id"), "\(options): \(run.output)")
      #expect(run.status == 0, "\(options)")
    }
  }

  @Test func `The resulting message is written`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/result.eml"
    let run = try BuiltProgram.run(
      "greeter", ["--try", "-", "--from", "a@b", "--try-output", path],
      input: Array("Subject: hi\r\n\r\nbody\r\n".utf8))
    #expect(run.status == 0)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8)
        == "Subject: hi\r\nX-Seen-From: <a@b>\r\n\r\nbody\r\n")
  }

  @Test func `A refusal shows its text and sets the exit status`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/result.eml"
    let run = try BuiltProgram.run(
      "stamp", ["--try", hello, "--from", "x@nowhere.invalid", "--try-output", path])
    #expect(
      run.output.hasPrefix(
        "verdict     reject at envfrom: 553 5.1.8 Domains in .invalid do not exist (RFC 2606)\n"))
    #expect(run.errors == callbacks + "stamp: no message to write to \(path): reject\n")
    #expect(run.status == 10)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `A file that cannot be read is named`() throws {
    let run = try BuiltProgram.run("stamp", ["--try", "/nonexistent/x.eml"])
    #expect(
      run.errors == callbacks + "stamp: cannot read /nonexistent/x.eml: No such file or directory\n"
    )
    #expect(run.status == 1)
  }

  @Test func `Several messages are distinguished and counted`() throws {
    let directory = try ScratchDirectory()
    let mail = directory.path + "/mail"
    for name in ["1.eml", "2.eml"] {
      try FileManager.default.createDirectory(atPath: mail, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: hello, toPath: "\(mail)/\(name)")
    }
    let run = try BuiltProgram.run("stamp", ["--try", mail, "--output", directory.path + "/out"])
    #expect(run.output.hasPrefix("message     \(mail)/1.eml\nverdict     accept\n"))
    #expect(run.output.contains("\n\nmessage     \(mail)/2.eml\nverdict     accept\n"))
    #expect(run.output.hasSuffix("\n2 messages: 2 accept\n"))
    #expect(run.status == 0)
    for name in ["1.eml", "2.eml"] {
      let result = try String(contentsOfFile: "\(directory.path)/out/\(name)", encoding: .utf8)
      #expect(result.contains("\r\nX-Stamp: from client.example.org"), "\(name)")
    }
  }

  @Test func `A wrong command line is explained`() throws {
    let run = try BuiltProgram.run("stamp", ["--tyr", hello])
    #expect(run.errors == "stamp: --tyr: no such option; did you mean --try?; see --help\n")
    #expect(run.status == 64)
  }

  @Test func `A mistyped socket is explained`() throws {
    let run = try BuiltProgram.run("stamp", ["--socket", "inet:@127.0.0.1"])
    #expect(run.errors.hasPrefix("stamp: socket spec \"inet:@127.0.0.1\": the port is missing"))
    #expect(run.status == 64)
  }

  @Test func `Help names every option and version the library`() throws {
    let help = try BuiltProgram.run("stamp", ["--help"])
    for option in [
      "socket", "try", "try-output", "from", "rcpt", "timeout", "backlog", "socket-mode",
      "socket-group", "user", "pidfile", "max-connections", "log-level", "help", "version",
      "profile", "helo", "client", "macro", "repeat", "connections", "reuse", "json", "output",
    ] {
      #expect(help.output.contains("\n  --\(option) "), "--\(option)")
    }
    #expect(help.status == 0)
    let version = try BuiltProgram.run("stamp", ["--version"])
    #expect(version.output == "stamp (swift-milter 0.1.0)\n")
  }
}
