import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

/// The porting guide's program in the shape of C: globals, `getopt` and `syslog` in one `main.swift`.
@Suite(.timeLimit(.minutes(15))) struct CShapedFilterTests {
  private static let program = "milter-c-shaped-filter"

  @Test func `It reads its options, keeps its globals and logs`() throws {
    let directory = try ScratchDirectory()
    let spec = "unix:\(directory.path(of: "s"))"
    let program = try StartedProgram(
      BuiltProgram.path(of: Self.program), ["-p", spec, "-r", "2", "-s"])
    try program.wait(for: "it to listen") {
      (try? Socket.connect(to: SocketSpec(spec)))?.close() != nil
    }
    let session = Session(
      "two messages with a recipient too many each",
      .ask([.offer, .mail("<a@b.example>"), .rcpt("<1@d>"), .rcpt("<2@d>"), .rcpt("<3@d>")]),
      .ask([.end, .mail("<a@b.example>"), .rcpt("<1@d>"), .rcpt("<2@d>"), .rcpt("<3@d>")]),
      replies: "ccctcccct")
    let replies = try Player.play(session, to: spec)
    // The first packet answers the offer, which other tests check.
    #expect(Player.notation(Array(replies.dropFirst())) == session.replies)
    #expect(try program.end() == 0)
    let lines = try program.errors.split(separator: "\n").map(String.init)
    let refusals = lines.filter { $0.contains(" refused so far") }
    #expect(refusals.count == 2, "\(lines)")
    for (number, line) in refusals.enumerated() {
      #expect(line.hasPrefix("limit[\(program.pid)]: "), "\(line)")
      #expect(line.hasSuffix("recipient 3 refused, \(number + 1) refused so far"), "\(line)")
    }
  }

  @Test(arguments: [[], ["-x"], ["-p"], ["-p", ""]])
  func `It refuses a wrong command line`(arguments: [String]) throws {
    let run = try BuiltProgram.run(Self.program, arguments)
    #expect(run.status == 64)
    #expect(run.errors != "")
  }
}
