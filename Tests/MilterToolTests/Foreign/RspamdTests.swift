import Foundation
import MilterProcessFixtures
import Testing

/// `milter play` and `milter chain` with rspamd's proxy, which scans by itself.
@Suite(.ownThread, .needsRspamd, .timeLimit(.minutes(15))) struct RspamdTests {
  private let directory: ScratchDirectory
  private let rspamd: RunningRspamd
  /// Plain mail, mail to mark, mail to refuse, and the same in reverse order.
  private let files: [String]

  init() throws {
    directory = try ScratchDirectory()
    rspamd = try RunningRspamd()
    files = try ["", "YJS", "XJS", "YJS", ""].enumerated().map { [directory] number, pattern in
      let body = pattern.isEmpty ? "Hello\n" : pattern + RunningRspamd.pattern
      return try directory.write(
        """
        From: <a@example.net>
        To: <b@example.org>
        Message-ID: <\(number)@example.net>
        Subject: x

        \(body)
        """, to: "\(number).eml")
    }
  }

  /// Plays all messages on one connection.
  private func play(_ socket: String, _ options: String...) throws -> Subprocess {
    try milter(["play", "--socket", socket, "--reuse", "5"] + options + files)
  }

  @Test func `Messages on one connection are judged one by one, and changes are shown`() throws {
    let run = try play(rspamd.socket)
    let marked = """
      verdict     accept
      headers     ...
                    Subject: x
                  + X-Spam: Yes
      body        unchanged (70 bytes)
      """
    let passed = "verdict     accept\nbody        unchanged (7 bytes)"
    let verdicts = [
      passed, marked, "verdict     reject at eom: 554 5.7.1 Gtube pattern", marked, passed,
    ]
    let texts = zip(files, verdicts).map { "message     \($0)\n\($1)\n\n" }
    #expect(run.output == texts.joined() + "5 messages: 4 accept, 1 reject\n")
    #expect(run.errors == "")
    #expect(run.status == 10)
  }

  @Test(arguments: ["libmilter", "postfix", "sendmail"])
  func `Every MTA that is played gets the same answers`(_ profile: String) throws {
    let run = try play(rspamd.socket, "--profile", profile, "--json")
    let outcomes = try PlayedOutcome.all(in: run.output)
    #expect(outcomes.map(\.verdict) == ["accept", "accept", "reject", "accept", "accept"])
    let actions = outcomes.map { outcome in
      outcome.actions.map { "\($0.action) \($0.name ?? ""): \($0.value ?? "")" }
    }
    let mark = "chgheader X-Spam: Yes"
    #expect(actions == [[], [mark], [], [mark], []])
    #expect(run.status == 10)
  }

  @Test func `A second time on the same connection nothing is different`() throws {
    let run = try play(rspamd.socket, "--twice")
    #expect(
      run.output.hasSuffix("\n5 messages: 4 accept, 1 reject; none differed the second time\n"))
    #expect(run.status == 10)
  }

  @Test func `A chain adds to what rspamd has marked, and passes its refusal on`() throws {
    let stamp = try StartedProgram.listening(
      "stamp", ["--socket", "unix:\(directory.path(of: "stamp"))"])
    let socket = "unix:\(directory.path(of: "chain"))"
    let file = try directory.write(
      """
      socket = \(socket)
      log-level = info
      member = rspamd \(rspamd.socket)
      member = stamp unix:\(directory.path(of: "stamp"))

      """, to: "chain.conf")
    let chain = try StartedProgram(BuiltProgram.path(of: "milter"), ["chain", "--config", file])
    try chain.wait(for: "the chain to listen") { try chain.errors.contains("listening on ") }
    let run = try play(socket, "--json")
    let outcomes = try PlayedOutcome.all(in: run.output)
    #expect(outcomes.map(\.verdict) == ["accept", "accept", "reject", "accept", "accept"])
    #expect(
      outcomes.map { $0.actions.compactMap(\.name) } == [
        ["X-Stamp"], ["X-Spam", "X-Stamp"], [], ["X-Spam", "X-Stamp"], ["X-Stamp"],
      ])
    #expect(run.status == 10)
    #expect(try chain.end() == 0)
    let lines = try chain.errors.split(separator: "\n")
    #expect(lines.count { $0.contains(": rspamd[0] has decided: eom: reject") } == 1)
    #expect(try stamp.end() == 0)
  }
}
