import MilterProcessFixtures
import Testing

/// The output of `milter play` on a terminal.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct TerminalTests {
  private let messages = BuiltProgram.packageRoot + "/Samples/messages"

  /// Returns the output of `milter play` on a terminal that Python creates.
  private func screen(_ paths: String..., environment: [String: String]) throws -> String {
    let stamp = try "exec \(BuiltProgram.path(of: "stamp")) --log-level error --socket {socket}"
    let script = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    let run = try Subprocess.run(
      "/usr/bin/python3",
      ["-c", script, BuiltProgram.path(of: "milter"), "play", "--exec", stamp] + paths,
      environment: Subprocess.environment.merging(environment) { $1 })
    #expect(run.status == 0)
    return run.output
  }

  @Test func `Differences are colored`() throws {
    let text = try screen("\(messages)/hello.eml", environment: ["TERM": "xterm"])
    #expect(text.contains("verdict     \u{1B}[32maccept\u{1B}[0m\r\n"))
    #expect(text.contains("            \u{1B}[32m+ X-Stamp: from "))
    #expect(!text.contains("%"))
  }

  @Test(arguments: [["NO_COLOR": "1", "TERM": "xterm"], ["TERM": "dumb"]])
  func `Colors can be turned off`(_ environment: [String: String]) throws {
    let text = try screen("\(messages)/hello.eml", environment: environment)
    #expect(text.contains("verdict     accept\r\n"))
    #expect(!text.contains("\u{1B}"))
  }

  @Test func `The progress bar of many messages disappears at the end`() throws {
    let text = try screen(messages, messages, environment: ["TERM": "xterm", "NO_COLOR": "1"])
    #expect(text.contains("\r\u{1B}[K[#"))
    #expect(text.contains("%  1 messages"))
    let last = try #require(text.split(separator: "\u{1B}[K").last)
    // Depending on timing, the bar may appear once more between the messages and the summary.
    #expect(last.hasSuffix("\r\n8 messages: 8 accept\r\n"))
    #expect(!last.contains("%  "))
  }
}
