import Foundation
import MilterProcessFixtures
import Testing

/// `milter chain`: filters behind one socket, as a file lists them.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ChainCommandTests {
  private let directory: ScratchDirectory
  private let message: String

  init() throws {
    directory = try ScratchDirectory()
    message = try directory.write(
      "From: <a@example.org>\r\nSubject: x\r\n\r\nHello\r\n", to: "m.eml")
  }

  private func configure(_ lines: String) throws -> String {
    try directory.write(lines + "\n", to: "chain.conf")
  }

  /// Starts a filter that adds a header field.
  private func stamp(_ name: String) throws -> (program: StartedProgram, spec: String) {
    let spec = "unix:\(directory.path(of: name))"
    return (try .listening("stamp", ["--socket", spec]), spec)
  }

  @Test func `The shipped example passes the check`() throws {
    let example = "\(BuiltProgram.packageRoot)/Samples/chain/chain.conf"
    let run = try milter("chain", "--config", example, "--check")
    #expect(run.errors == "")
    #expect(run.status == 0)
    #expect(run.output.contains("\nmember = ") || run.output.hasPrefix("member = "))
    let lines = try String(contentsOfFile: example, encoding: .utf8).split(separator: "\n")
    #expect(lines.count { !$0.hasPrefix("#") } <= 10)
  }

  @Test(arguments: [
    ("memeber = a unix:/a", ":1: memeber: no such key; did you mean member?"),
    (
      "# members\nmember = a unix:/a when=never",
      ":2: member a unix:/a when=never: when=never: not "
    ),
    ("member = a unix:/a\nmember = a unix:/b", ":2: member a unix:/b: there is another member of"),
    ("member = a unix:/a shadw", "shadw: no such key of a member; did you mean shadow?"),
    ("step-time = 9", "no member is given; write member = NAME SOCKET in the file of --config"),
  ])
  func `An error in the file is reported with its line`(lines: String, message: String) throws {
    let run = try milter("chain", "--config", configure(lines), "--check")
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.status == 78)
  }

  @Test func `A message that is tried shows what each member did`() throws {
    let (one, first) = try stamp("socket with spaces")
    let (two, second) = try stamp("two")
    let file = try configure(
      """
      member = one "\(first)"
      member = inside \(second) when=authenticated
      member = away unix:/nowhere/at/all on-failure=accept
      member = two \(second)
      """)
    let run = try milter("chain", "--config", file, "--try", message)
    #expect(run.status == 0, "\(run.errors)")
    for line in [
      "one[0]: eom: continue; addheader", "inside[1]: not asked, its condition does not hold",
      "away[2] has failed, mail passes without it: ", "two[3]: eom: continue; addheader",
    ] {
      #expect(run.errors.contains(line), "\(line) is missing in:\n\(run.errors)")
    }
    #expect(try one.end() == 0)
    #expect(try two.end() == 0)
  }

  @Test func `Members that a reload brings see the next connections, and metrics count each`()
    throws
  {
    let (one, first) = try stamp("one")
    let (two, second) = try stamp("two")
    let socket = "unix:\(directory.path(of: "chain"))"
    let metrics = directory.path(of: "chain.prom")
    func lines(_ members: String) throws -> String {
      try configure("socket = \(socket)\nmetrics = \(metrics)\nlog-level = info\n\(members)")
    }
    let file = try lines("member = one \(first)")
    let chain = try StartedProgram(BuiltProgram.path(of: "milter"), ["chain", "--config", file])
    try chain.wait(for: "the chain to listen") { try chain.errors.contains("listening on ") }
    func stamps() throws -> Int {
      let run = try milter("play", "--socket", socket, "--json", message)
      return try #require(try PlayedOutcome.all(in: run.output).first).actions.count
    }
    #expect(try stamps() == 1)

    _ = try lines("member = one \(first)\nmember = two \(second)")
    kill(chain.pid, SIGHUP)
    try chain.wait(for: "the reload") { try chain.errors.contains("reloaded") }
    #expect(try stamps() == 2)

    // After a failed reload, the chain keeps its members.
    _ = try lines("member = one \(first) now")
    kill(chain.pid, SIGHUP)
    try chain.wait(for: "the complaint") {
      try chain.errors.contains("now: no such key of a member")
    }
    #expect(try stamps() == 2)

    #expect(try chain.end() == 0)
    let text = try directory.text("chain.prom")
    #expect(
      text.contains("milter_member_messages_total{filter=\"milter-chain\",member=\"one[0]\"} 3\n"))
    #expect(
      text.contains("milter_member_messages_total{filter=\"milter-chain\",member=\"two[1]\"} 2\n"))
    #expect(
      text.contains("milter_member_failures_total{filter=\"milter-chain\",member=\"two[1]\"} 0\n"))
    #expect(try one.end() == 0)
    #expect(try two.end() == 0)
  }

  @Test func `The numbers of members add up over workers, and their status is available`()
    throws
  {
    let (one, first) = try stamp("one")
    let socket = "unix:\(directory.path(of: "chain"))"
    let control = "unix:\(directory.path(of: "control"))"
    let file = try configure(
      """
      socket = \(socket)
      control = \(control)
      metrics = \(directory.path(of: "chain.prom"))
      workers = 2
      member = one \(first)
      """)
    let chain = try StartedProgram(BuiltProgram.path(of: "milter"), ["chain", "--config", file])
    try chain.wait(for: "the workers") { try chain.errors.contains("2 workers serve") }
    for _ in 0..<8 { #expect(try milter("play", "--socket", socket, message).status == 0) }
    let lines = try milter("status", "--socket", control).output.split(separator: "\n")
    #expect(lines.first == "milter-chain, process \(chain.pid): serving")
    #expect(lines.count { $0.hasPrefix("worker ") } >= 2)
    #expect(try chain.end() == 0)
    let name = "milter_member_messages_total{filter=\"milter-chain\",member=\"one[0]\"}"
    #expect(try directory.text("chain.prom").contains("\(name) 8\n"))
    #expect(try one.end() == 0)
  }

  @Test func `A name with a space is read if the whole value is quoted, as in the help`() throws {
    let line = #"member = "\"my filter\" unix:/run/filter/sock""#
    let help = try milter("chain", "--help").output.split { $0.isWhitespace }
    #expect(help.joined(separator: " ").contains(line))
    let run = try milter("chain", "--config", configure(line), "--check")
    #expect(run.output.contains(line), "\(run.errors)")
    let bare = #"member = "my filter" unix:/run/filter/sock"#
    let wrong = try milter("chain", "--config", configure(bare), "--check")
    #expect(wrong.errors.contains("text follows the closing quote"), "\(wrong.errors)")
    #expect(wrong.status == 78)
  }

  @Test func `Help names the keys of a member`() throws {
    let run = try milter("chain", "--help")
    #expect(run.output.contains("\n  --member \"NAME SOCKET ...\""))
    for key in ["on-failure=", "when=", "clients=", "recipients=", "max-size="] {
      #expect(run.output.contains(key), "\(key)")
    }
  }
}
