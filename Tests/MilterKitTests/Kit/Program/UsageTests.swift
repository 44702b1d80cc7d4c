import MilterProcessFixtures
import Testing

@Suite(.ownThread, .timeLimit(.minutes(15))) struct UsageTests {
  private static let socket = ["--socket", "inet:0@127.0.0.1"]

  @Test(arguments: [
    ["--socket", "inet:port@host:x"], ["--socket", ""], ["--socket", "inet:99999@127.0.0.1"],
    socket + ["--user", "no-such-user"], socket + ["--user", "root:no-such-group"],
    socket + ["--user", ""], socket + ["--user", "root:"],
    ["--socket", "unix:/tmp/swift-milter-usage", "--socket-group", "no-such-group"],
    socket + ["--pidfile", ""], socket + ["--metrics", ""], socket + ["--drain", "-1"],
    socket + ["extra"], socket + ["--no-such-option"],
  ])
  func `A wrong command line ends with status 64 and one line`(arguments: [String]) throws {
    let process = try OperatedProcess(arguments)
    #expect(try process.waitForExit() == 64)
    let lines = try process.log.toEnd()
    #expect(lines.count == 1 && lines[0].hasSuffix("; see --help"), "\(lines)")
  }
}
