import Foundation
import MilterProcessFixtures
import Testing

/// `milter watch` and `milter replay`.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct WatchTests {
  private let directory: ScratchDirectory
  private let socket: String
  private let message = Array("Subject: hi \u{e9}\n\none\ntwo\0\n".utf8)

  init() throws {
    directory = try ScratchDirectory()
    socket = "unix:\(directory.path(of: "watched"))"
  }

  /// Watches a message that is played, and returns the output.
  private func watch(_ options: String..., message: [UInt8]? = nil) throws -> String {
    let watch = try StartedProgram.listening("milter", ["watch", "--socket", socket] + options)
    let play = try milter(
      ["play", "--socket", socket, "--from", "a@b", "--rcpt", "c@d", "-"],
      input: message ?? self.message)
    #expect(play.status == 0)
    #expect(play.output.hasPrefix("verdict     accept"))
    #expect(try watch.end() == 0)
    #expect(!FileManager.default.fileExists(atPath: directory.path(of: "watched")))
    return try watch.output
  }

  @Test func `Every event argument and macro is printed`() throws {
    let lines = try watch().split(separator: "\n").map(String.init)
    #expect(lines.first == "1 connected")
    #expect(lines.last == "1 closed")
    for line in [
      #"1 > connect "client.example.org" inet "192.0.2.25" 49152"#,
      #"1 > helo "client.example.org""#, #"1 > mail "<a@b>""#, #"1 > rcpt "<c@d>""#, "1 > data",
      #"1 > header "Subject" "hi \xc3\xa9""#, "1 > eoh", "1 > body", #"1   "one\r\n""#,
      #"1   "two\x00\r\n""#, "1 > endOfBody", "1 > quit", "1 < continue",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    let macros = try #require(lines.first { $0.hasPrefix("1 > macro connect ") })
    #expect(macros.contains(#" j="mx.example.org""#))
    #expect(macros.contains(#" {client_addr}="192.0.2.25""#))
    #expect(lines[1].hasPrefix("1 > negotiate version=6 actions=addhdrs,"))
  }

  @Test func `Long bodies are cut, unless all is requested`() throws {
    let message = Array("A: 1\n\n".utf8) + (1...100).flatMap { Array("\($0)\n".utf8) }
    let cut = try watch(message: message)
    #expect(cut.contains("\n1   \"10\\r\\n\"\n1   ... 90 lines more\n"))
    #expect(!cut.contains("\"11\\r\\n\""))
    #expect(try watch("--full", message: message).contains("\n1   \"100\\r\\n\"\n"))
  }

  @Test func `Two recordings of the same session are equal`() throws {
    _ = try watch("--record", directory.path(of: "one"))
    _ = try watch("--record", directory.path(of: "two"))
    let one = try directory.text("one")
    #expect(one.hasPrefix("milter recording 1\n\nconnection 1\n> negotiate version=6 actions="))
    #expect(one.contains("\n> body\n  \"one\\r\\n\"\n  \"two\\x00\\r\\n\"\n< continue\n"))
    #expect(one.hasSuffix("\n> quit\n"))
    #expect(try directory.read("two") == Array(one.utf8))
  }

  /// Returns a recording of a session with greeter.
  private func recording() throws -> String {
    let own = "unix:\(directory.path(of: "own"))"
    let greeter = try StartedProgram.listening("greeter", ["--socket", own])
    let file = directory.path(of: "recording")
    let printed = try watch("--relay", own, "--record", file)
    #expect(printed.contains("\n1 < addheader \"X-Seen-From\" \"<a@b>\"\n1 < accept\n"))
    _ = try greeter.end()
    return file
  }

  private func greeter() throws -> String {
    try "exec \(BuiltProgram.path(of: "greeter")) --log-level error --socket {socket}"
  }

  @Test func `Replies that differ from the recording are shown`() throws {
    let file = try recording()
    let text = try directory.text("recording")
    let same = try milter("replay", "--exec", greeter(), file)
    #expect(same.output.hasSuffix(" replies: all as recorded\n"))
    #expect(same.status == 0)
    try directory.write(
      text.replacing("addheader \"X-Seen-From\"", with: "addheader \"X-Old\"").utf8,
      to: "changed")
    let run = try milter("replay", "--exec", greeter(), directory.path(of: "changed"))
    #expect(
      run.output.hasPrefix(
        """
        connection 1, message 1, eom:
          - addheader "X-Old" "<a@b>"
          + addheader "X-Seen-From" "<a@b>"
            accept

        """))
    #expect(run.output.hasSuffix(" replies: 1 not as recorded\n"))
    #expect(run.status == 3)
  }

  @Test func `If the filter decides earlier, the rest of the message is left out`() throws {
    _ = try recording()
    let text = try directory.text("recording")
    let refused = text.replacing("> helo \"client.example.org\"", with: "> helo \"spam.example\"")
    try directory.write(refused, to: "refused")
    let run = try milter("replay", "--exec", greeter(), directory.path(of: "refused"))
    #expect(run.output.contains("connection 1, helo:\n  - continue\n  + reject\n"))
    #expect(!run.output.contains("message 1"))
    #expect(run.status == 3)
  }

  @Test(arguments: [
    ("", "not a recording: it does not begin with \"milter recording 1\""),
    ("milter recording 1\n> quit\n", "line 2 cannot be read"),
    ("milter recording 1\nconnection 1\n> helo\n", "line 3 cannot be read"),
    ("milter recording 1\nconnection 1\n> helo \"a\n", "line 3 cannot be read"),
    ("milter recording 1\nconnection 1\n> body\n  \"a\\q\"\n", "line 4 cannot be read"),
    ("milter recording 1\nconnection 1\n? quit\n", "line 3 cannot be read"),
  ])
  func `A file that is not a recording is refused`(_ text: String, _ message: String) throws {
    let file = try directory.write(text, to: "broken")
    let run = try milter("replay", "--socket", "inet:1", file)
    #expect(run.errors == "milter replay: \(file): \(message); see --help\n")
    #expect(run.status == 64)
  }

  @Test(arguments: SocketKind.allCases)
  func `A relay to the socket that it listens on itself is refused`(_ kind: SocketKind) throws {
    let own = try kind.free(in: directory)
    let run = try milter("watch", "--socket", own, "--relay", own)
    #expect(run.status == 64)
    #expect(run.errors.contains("--relay \(own): that is where milter watch itself listens"))
  }

  @Test func `A relay by another address of the same port is refused too`() throws {
    let port = try #require(SocketKind.inet.free(in: directory).split(separator: "@").first)
    let run = try milter("watch", "--socket", String(port), "--relay", "\(port)@localhost")
    #expect(run.status == 64)
  }

  @Test func `A recording with CR LF is read`() throws {
    let file = try recording()
    let text = try directory.text("recording")
    try directory.write(text.replacing("\n", with: "\r\n").utf8, to: "recording")
    let run = try milter("replay", "--exec", greeter(), file)
    #expect(run.output.hasSuffix(" replies: all as recorded\n"))
    #expect(run.status == 0)
  }

  @Test func `A filter that needs steps that were not recorded is named at once`() throws {
    let file = try recording()
    let stamp = try "exec \(BuiltProgram.path(of: "stamp")) --log-level error --socket {socket}"
    let run = try milter("replay", "--exec", stamp, file)
    #expect(run.errors.contains("connection 1: the filter wants "), "\(run.errors)")
    #expect(run.errors.contains("which the recording does not have"))
    #expect(run.status == 3)
  }

  @Test func `Bytes that are not packets are passed on and reported`() throws {
    let watch = try StartedProgram.listening("milter", ["watch", "--socket", socket])
    let run = try Subprocess.run(
      "/usr/bin/python3",
      [
        "-c",
        """
        import socket, sys
        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
        s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n"); print(s.recv(100))
        """, directory.path(of: "watched"),
      ])
    #expect(run.output == "b''\n")
    try watch.wait(for: "the end") { try watch.output.contains("1 closed\n") }
    #expect(try watch.output.contains("\n1 # frame length 1195725856 is not between"))
    #expect(try watch.end() == 0)
  }
}
