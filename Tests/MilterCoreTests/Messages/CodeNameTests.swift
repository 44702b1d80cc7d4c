import MilterCore
import Testing

/// The names of codes in recordings, JSON, and metrics, on which users' files depend.
@Suite struct CodeNameTests {
  @Test func `Commands keep their names`() {
    #expect(
      MTACommandCode.allCases.map(\.description) == [
        "abort", "body", "connect", "macro", "endOfBody", "helo", "quitNewConnection", "header",
        "mail", "eoh", "negotiate", "quit", "rcpt", "data", "unknown",
      ])
  }

  @Test func `Replies keep their names`() {
    #expect(
      FilterReplyCode.allCases.map(\.description) == [
        "addrcpt", "delrcpt", "addrcptPar", "shutdown", "negotiate", "accept", "replacebody",
        "continue", "discard", "chgfrom", "connectionFailure", "addheader", "insheader",
        "chgheader", "progress", "quarantine", "reject", "skip", "tempfail", "replycode",
      ])
  }

  @Test func `Statuses keep their names`() {
    #expect(
      MilterStatus.allCases.map(\.description) == [
        "continue", "reject", "discard", "accept", "tempfail", "noreply", "skip", "allOptions",
      ])
  }

  @Test func `Stages keep their names`() {
    #expect(
      MilterStage.allCases.map(\.description) == [
        "connect", "helo", "envfrom", "envrcpt", "data", "eom", "eoh",
      ])
  }

  @Test func `Every callback has its own command`() {
    let commands = MilterCallback.allCases.map(\.command)
    #expect(Set(commands).count == commands.count)
    #expect(
      Set(MTACommandCode.allCases).subtracting(commands) == [.macro, .quitNewConnection])
  }
}
