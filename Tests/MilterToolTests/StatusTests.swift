import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

/// `milter status` with running filters.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct StatusTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private func spec(_ name: String) -> String { "unix:\(directory.path(of: name))" }

  private func filter(_ arguments: [String] = []) throws -> StartedProgram {
    try .listening(
      "stamp", ["--socket", spec("s"), "--control", spec("control")] + arguments)
  }

  @Test func `A running filter is shown as text, and as JSON`() throws {
    let filter = try filter()
    let run = try milter("status", "--socket", spec("control"))
    let lines = run.output.split(separator: "\n")
    #expect(lines.first?.wholeMatch(of: /stamp, process \d+: serving/) != nil)
    #expect(lines.dropFirst().first?.hasPrefix("0 connections: 0 on threads, ") ?? false)
    #expect(lines.count == 2)
    #expect(run.errors == "")
    #expect(run.status == 0)
    let json = try milter("status", "--json", "--socket", spec("control"))
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
    let members = try #require(object as? [String: Any])
    #expect(members["filter"] as? String == "stamp")
    #expect((members["processes"] as? [Any])?.count == 1)
    #expect(json.output.hasSuffix("}\n"))
    #expect(json.status == 0)
    withExtendedLifetime(filter) {}
  }

  @Test func `A socket where nobody listens is reported`() throws {
    let missing = try milter("status", "--socket", spec("control"))
    #expect(
      missing.errors == """
        milter status: nobody listens on \(spec("control")): there is no such file; start the filter \
        with --control unix:PATH, and give the same PATH

        """)
    #expect(missing.status == 69)
    var filter: StartedProgram? = try self.filter()
    try FileManager.default.moveItem(
      atPath: directory.path(of: "control"), toPath: directory.path(of: "left"))
    withExtendedLifetime(filter) {}
    filter = nil
    let left = try milter("status", "--socket", spec("left"))
    #expect(
      left.errors == """
        milter status: nobody listens on \(spec("left")): the filter has ended, or was started without \
        --control \(spec("left"))

        """)
    #expect(left.status == 69)
  }

  @Test func `Another socket is recognized`() throws {
    let filter = try filter(["--metrics-listen", spec("metrics")])
    let mail = try milter("status", "--socket", spec("s"))
    let advice = "is not a control socket; give the socket of the filter's --control"
    #expect(mail.errors.contains(advice))
    #expect(mail.status == 1)
    let metrics = try milter("status", "--socket", spec("metrics"))
    #expect(metrics.errors.contains("has no page /status: it is the socket of --metrics-listen"))
    #expect(metrics.status == 1)
    withExtendedLifetime(filter) {}
  }

  @Test func `A stopped process gives no answer`() throws {
    let filter = try filter()
    try standStill(filter.pid)
    defer { kill(filter.pid, SIGCONT) }
    let run = try milter("status", "--timeout", "1", "--socket", spec("control"))
    #expect(run.errors.hasPrefix("milter status: no answer from \(spec("control")) within 1.0 sec"))
    #expect(run.status == 69)
  }

  @Test func `A partial answer is ignored`() throws {
    let listener = try ListeningSocket(SocketSpec(spec("control")), options: .init())
    defer { listener.close() }
    Thread.detachNewThread {
      guard (try? Poll.wait(listener.descriptor, .readable, until: .now + .seconds(600))) != nil,
        let client = try? listener.accept()
      else { return }
      let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf".utf8)
      _ = answer.withUnsafeBytes { try? client.write(all: $0) }
      try? client.shutdown(.writing)
    }
    let run = try milter("status", "--socket", spec("control"))
    #expect(run.errors.contains("has sent only a part of its answer"))
    #expect(run.output == "")
    #expect(run.status == 69)
  }

  @Test func `Others may not ask`() throws {
    let filter = try filter()
    let run: Subprocess
    let arguments = ["status", "--socket", spec("control")]
    if geteuid() == 0 {
      // Other users may not be allowed to read the build directory.
      let copy = directory.path(of: "milter")
      try Subprocess.succeed("/bin/cp", [BuiltProgram.path(of: "milter"), copy])
      let identity = ["--reuid", "65534", "--regid", "65534", "--clear-groups"]
      run = try Subprocess.run(
        "/usr/bin/setpriv", identity + [copy] + arguments)
    } else {
      chmod(directory.path(of: "control"), 0)
      run = try milter(arguments)
    }
    #expect(
      run.errors == """
        milter status: not permitted to connect to \(spec("control")); run milter status as root, or as \
        the user who has started the filter

        """)
    #expect(run.status == 77)
    withExtendedLifetime(filter) {}
  }

  @Test(arguments: [
    ([], "milter status: no filter: give --socket unix:PATH"),
    (["--socket", "fd:3"], "milter status: --socket fd:3: a descriptor cannot be connected to"),
    (["--socket", "unix:"], "milter status: "),
    (["--socket", "unix:/x", "y"], "milter status: y: unexpected argument"),
  ])
  func `A wrong command line is named`(_ arguments: [String], _ message: String) throws {
    let run = try milter(["status"] + arguments)
    #expect(run.errors.hasPrefix(message))
    #expect(run.status == 64)
  }
}
