import Foundation
import MilterProcessFixtures
import Testing

@Suite(.ownThread, .timeLimit(.minutes(15))) struct HelpTests {
  @Test(arguments: [
    ("greylist", ["--store FILE", "--delay SECONDS", "--window SECONDS", "--keep SECONDS"]),
    ("fromalign", ["--action reject|quarantine|mark", "--strict"]),
    ("disclaimer", ["--text FILE", "--html FILE", "--break-dkim"]),
    ("rewrite", ["--map FILE"]),
    ("ratelimit", ["--count N", "--per messages|recipients", "--period SECONDS"]),
    ("journal", ["--maildir DIR"]),
    (
      "blocklist",
      ["--lists ZONE[=CODES],...", "--action reject|mark", "--exempt NETWORKS|FILE"]
    ),
    ("chain", ["--scanner SOCKET", "--signer SOCKET", "--footer TEXT"]),
    ("clamd", ["--clamd SOCKET", "--clamd-timeout SECONDS", "--fallback tempfail|accept"]),
  ])
  func `--help lists a sample's own options`(_ name: String, _ options: [String]) throws {
    let help = try BuiltProgram.run(name, ["--help"])
    #expect(help.status == 0)
    #expect(help.output.hasPrefix("usage: \(name) --socket SPEC"))
    // The description of an option is on the same line or on the next one.
    let lines = help.output.split(separator: "\n").map { $0 + " " }
    for option in options { #expect(lines.contains { $0.hasPrefix("  \(option) ") }) }
  }

  @Test(arguments: [
    "blocklist", "clamd", "disarm", "disclaimer", "fromalign", "greylist", "journal", "ratelimit",
    "rewrite",
  ])
  func `The lines for MTAs in a sample's README are those of its --help`(_ name: String) throws {
    let readme = try PackageFiles.text(of: "Samples/\(name)/README.md")
    let line = try #require(readme.split(separator: "\n").first { $0.hasPrefix("INPUT_MAIL") })
    let socket = try #require(line.firstMatch(of: /S=([^,']*)/)).output.1
    let help = try BuiltProgram.run(name, ["--socket", String(socket), "--help"]).output
    // Whether F=T is recommended depends on the sample, so the comparison ignores it.
    let printed = help.replacing(", F=T", with: "")
    #expect(printed.contains("Sendmail: " + line.replacing(", F=T", with: "") + "\n"))
    for timeout in ["connect", "command", "content"] {
      let parameter = try #require(
        help.firstMatch(of: try Regex("milter_\(timeout)_timeout = [0-9]+s")), "\(timeout)"
      ).output[0].substring
      let text = String(parameter ?? "")
      #expect(
        readme.contains(text) || readme.contains("-o " + text.replacing(" ", with: "")),
        "\(timeout)")
    }
  }

  @Test
  func `The filter's own limit makes the MTA wait longer`() throws {
    func line(_ name: String, _ options: String...) throws -> String {
      let help = try BuiltProgram.run(name, options + ["--help"]).output
      return String(help.split(separator: "\n").first { $0.hasPrefix("Sendmail: ") } ?? "")
    }
    #expect(try line("clamd").hasSuffix("T=C:5m;S:30s;R:70s;E:5m')"))
    #expect(try line("clamd", "--clamd-timeout", "400").hasSuffix("R:410s;E:410s')"))
    #expect(try line("blocklist", "--lookup-timeout", "50").hasSuffix("R:60s;E:5m')"))
    #expect(try line("clamd", "--callback-timeout", "90").hasSuffix("R:100s;E:5m')"))
    #expect(try line("rewrite", "--callback-timeout", "eom=600").hasSuffix("R:30s;E:610s')"))
    #expect(try line("rewrite", "--socket", "unix:/run/r/s").contains("`S=unix:/run/r/s, F=T, T="))
  }

  @Test(
    arguments: [("disclaimer", "text"), ("blocklist", "lists")],
    [["--socket", "inet:0@127.0.0.1"], ["--try", "-"]])
  func `A sample that needs a setting names it`(
    _ sample: (name: String, option: String), _ arguments: [String]
  ) throws {
    let run = try BuiltProgram.run(sample.name, arguments)
    #expect(run.errors == "\(sample.name): --\(sample.option) is required; see --help\n")
    #expect(run.status == 64)
  }

  @Test(arguments: [
    (["--lists", "spam"], "--lists spam: spam is not the domain of a block list"),
    (["--lists", "a.example", "--threshold", "2"], "--threshold 2: --lists has 1"),
    (
      ["--lists", "a.example", "--resolver", "::1"],
      "--resolver ::1: write an IPv4 address, or 127.0.0.1:5353"
    ),
  ])
  func `A sample with a wrong setting reports what is wrong`(
    _ arguments: [String], _ message: String
  )
    throws
  {
    let run = try BuiltProgram.run("blocklist", arguments + ["--try", "-"])
    #expect(run.errors.contains("blocklist: \(message)"))
    #expect(run.status == 64)
  }

  @Test(arguments: [
    (
      "greylist", ["--store", "/nonexistent/x"],
      "greylist: open /nonexistent/x.lock: No such file or directory\n"
    ),
    (
      "rewrite", ["--map", "/nonexistent/x"],
      "rewrite: cannot read /nonexistent/x: No such file or directory\n"
    ),
    (
      "disclaimer", ["--text", "/nonexistent/x"],
      "disclaimer: cannot read /nonexistent/x: No such file or directory\n"
    ),
    (
      "journal", ["--maildir", "/nonexistent/x"],
      "journal: mkdir /nonexistent/x: No such file or directory\n"
    ),
  ])
  func `A sample that cannot start reports why`(
    _ name: String, _ arguments: [String], _ message: String
  ) throws {
    let run = try BuiltProgram.run(name, arguments + ["--socket", "inet:0@127.0.0.1"])
    #expect(run.status == 1)
    #expect(run.errors.hasSuffix(message))
  }
}
