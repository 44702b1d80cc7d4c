import MilterCore
import MilterFilterFixtures
import MilterKit
import Testing

private struct Oops: Error {}

extension RealMTASuite {
  /// Mail after a callback throws, by the operator's setting.
  @Suite struct ErrorAnswerTests {
    @Test(
      arguments: RealMTA.Kind.allCases,
      MilterErrorAnswer.allCases)
    func `A message whose filter fails at the end`(kind: RealMTA.Kind, answer: MilterErrorAnswer)
      async throws
    {
      try await expect(answer, of: kind, failingIn: .eom)
    }

    @Test(
      arguments: RealMTA.Kind.allCases,
      MilterErrorAnswer.allCases)
    func `A client whose filter fails at MAIL`(kind: RealMTA.Kind, answer: MilterErrorAnswer)
      async throws
    {
      try await expect(answer, of: kind, failingIn: .envfrom)
    }

    private func expect(
      _ answer: MilterErrorAnswer, of kind: RealMTA.Kind, failingIn failing: MilterCallback
    ) async throws {
      let (reply, queued, isClosed) = try await offer(kind, answer, failingIn: failing)
      switch answer {
      case .tempfail: #expect(reply.hasPrefix("451 "))
      case .reject: #expect(reply.hasPrefix("55"))
      case .accept: #expect(reply.hasPrefix("250 "))
      case .shutdown: #expect(reply.hasPrefix("421 4.3.0 ") && isClosed, "\(reply)")
      }
      #expect(queued == (answer == .accept ? [["small"]] : []))
    }

    /// Offers a message to a filter that fails.
    ///
    /// - Returns: The first negative reply, or the last reply, the subjects of the queued messages, and
    ///   whether the server disconnected the client.
    private func offer(
      _ kind: RealMTA.Kind, _ answer: MilterErrorAnswer, failingIn failing: MilterCallback
    ) async throws -> (String, [[String]], Bool) {
      var configuration = MilterConfiguration()
      configuration.log = MilterLog(level: .error) { _, _ in }
      configuration.onError = answer
      let server = try MilterServer(sockets: ["inet:0@127.0.0.1"], configuration: configuration) {
        ScriptedFilter { filter, callback in
          guard callback == failing else { return .continue }
          if callback == .eom { try filter.chgheader("Subject", 1, "changed") }
          throw Oops()
        }
      }
      try server.start()
      defer { server.stop() }
      return try await withMTA(kind, RealMTA.Settings(filters: server.addresses)) { mta in
        let client = try mta.connect()
        try client.ehlo()
        var last = try client.mail(from: "sender@from.example")
        if last.code == 250 { last = try client.rcpt(to: "rcpt@to.example") }
        if last.code == 250 { last = try client.command("DATA") }
        if last.code == 354 { last = try client.content(SmallMessage.bytes) }
        let isCut = last.code == 421 && client.isClosedByServer()
        if !isCut { try client.quit() }
        let queued = try mta.queue().map { $0.values(of: "Subject") }
        return (last.lines.first ?? "", queued, isCut)
      }
    }
  }
}
