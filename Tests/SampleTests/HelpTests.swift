import MilterProcessFixtures
import Testing

@Suite struct HelpTests {
  @Test(
    "--help lists a sample's own options",
    arguments: [
      ("greylist", ["--store FILE", "--delay SECONDS", "--window SECONDS", "--keep SECONDS"]),
      ("fromalign", ["--action reject|quarantine|mark", "--strict"]),
      ("disclaimer", ["--text FILE", "--html FILE", "--break-dkim"]),
      ("rewrite", ["--map FILE"]),
      ("ratelimit", ["--count N", "--per messages|recipients", "--period SECONDS"]),
      ("journal", ["--maildir DIR"]),
      ("clamd", ["--clamd SOCKET", "--clamd-timeout SECONDS", "--fallback tempfail|accept"]),
    ])
  func help(_ name: String, _ options: [String]) throws {
    let help = try BuiltProgram.run(name, ["--help"])
    #expect(help.status == 0)
    #expect(help.output.hasPrefix("usage: \(name) --socket SPEC"))
    // What it does follows on its line, or on the next one.
    let lines = help.output.split(separator: "\n").map { $0 + " " }
    for option in options { #expect(lines.contains { $0.hasPrefix("  \(option) ") }) }
  }

  @Test(
    "A sample that cannot get ready says why",
    arguments: [
      (
        "greylist", ["--store", "/nonexistent/x"],
        "greylist: open /nonexistent/x.lock: No such file or directory\n"
      ),
      (
        "rewrite", ["--map", "/nonexistent/x"],
        "rewrite: /nonexistent/x: No such file or directory\n"
      ),
      (
        "disclaimer", ["--text", "/nonexistent/x"],
        "disclaimer: /nonexistent/x: No such file or directory\n"
      ),
      (
        "journal", ["--maildir", "/nonexistent/x"],
        "journal: mkdir /nonexistent/x: No such file or directory\n"
      ),
    ])
  func unready(_ name: String, _ arguments: [String], _ message: String) throws {
    let run = try BuiltProgram.run(name, arguments + ["--socket", "inet:0@127.0.0.1"])
    #expect(run.status == 1)
    #expect(run.errors.hasSuffix(message))
  }
}
