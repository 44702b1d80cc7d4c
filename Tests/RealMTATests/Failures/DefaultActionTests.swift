import MilterCore
import MilterFilterFixtures
import MilterMTA
import Testing

extension RealMTASuite {
  /// The client's replies when a filter fails, by each Postfix's default action.
  @Suite(.requires(.postfix)) struct DefaultActionTests {
    private var action: MTAProfile.FailureAction {
      RealMTA.Kind.postfix.release.profile.failureAction
    }
    private var word: String { action == .shutdown ? "shutdown" : "tempfail" }

    @Test func `A profile has its release's defaults`() throws {
      #expect(try PostfixInstance.defaultValue(of: "milter_default_action") == word)
    }

    @Test(arguments: [
      MTACommandCode.negotiate, .connect, .helo, .mail, .rcpt, .data, .header, .eoh, .body,
      .endOfBody,
    ])
    func `A filter that closes the connection`(command: MTACommandCode) async throws {
      try await compare([command: .end])
    }

    @Test(arguments: [
      MTACommandCode.connect, .helo, .mail, .rcpt, .data, .header, .eoh, .body, .endOfBody,
    ])
    func `A filter that breaks the protocol`(command: MTACommandCode) async throws {
      try await compare([command: .replies([.replycode(Array("250 2.0.0 ok".utf8))])])
    }

    /// Plays a session with the real and the simulated MTA, and expects no difference.
    private func compare(_ answers: [MTACommandCode: RawFilter.Answer]) async throws {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let path = directory.path(of: "filter.sock")
      let filter = try RawFilter(
        on: path, .init(wanting: .init(actions: .all, steps: .skip), answers))
      defer { filter.stop() }
      var settings = RealMTA.Settings(filters: ["unix:\(path)"])
      settings.postfixLines = ["milter_default_action = \(word)"]
      try await withMTA(.postfix, settings) { mta in
        let pair = MTAPair(kind: .postfix, mta: mta, socket: .unix(path: path)) {
          $0.failureAction = action
        }
        let lines = [.ehlo("client.example")] + ClientLine.small + [.rset] + ClientLine.small
        var real = SessionRecord()
        try pair.playReal(lines, true, &real)
        real.packets = try filter.lines(of: 1)
        var simulated = SessionRecord()
        try pair.playSimulated(lines, &simulated)
        simulated.packets = Array(try filter.lines(of: 2).dropFirst(real.packets.count))
        #expect(simulated.differences(from: real) == [])
        #expect(real.replies.contains { $0.hasPrefix("421") } == (action == .shutdown))
      }
    }
  }
}
