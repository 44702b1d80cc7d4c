import Foundation
import MilterProcessFixtures
import Testing

/// What a filter program does before it serves.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct PrepareTests {
  @Test(.enabled(if: geteuid() == 0, "only root gives up privileges"))
  func `A filter prepares with privileges, then without, and its log is there`() throws {
    let directory = try ScratchDirectory()
    let nobody = try #require(getpwnam("nobody")).pointee.pw_uid
    let process = try OperatedProcess(
      ["--socket", "unix:\(directory.path(of: "s"))", "--user", "nobody"],
      environment: ["PREPARING": "1"])
    _ = try process.address()
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
    let lines = try process.log.toEnd()
    #expect(
      lines.filter { $0.contains(": user ") } == [
        "notice: with privileges: user 0", "notice: prepared: user \(nobody)",
      ])
  }
}
