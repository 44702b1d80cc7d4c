import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

@Suite(.ownThread, .serialized) struct MilterSettingTests {
  private enum Mode: String, CaseIterable { case strict, relaxed }

  /// An option that may be repeated, and refuses some words.
  private final class Words: MilterProgramOption {
    struct Unwanted: Error, CustomStringConvertible { let description = "not that one" }
    let (name, argument, help) = ("word", "WORD" as String?, "a word")
    let words = Counter()
    func take(_ text: String) throws {
      if text == "no" { throw Unwanted() }
      words.add()
    }
  }

  private let count = MilterSetting("count", argument: "N", default: 3, in: 1...9, help: "how many")
  private let file = MilterSetting("file", argument: "FILE", default: "/tmp/x", help: "where to")
  private let extra = MilterSetting("extra", argument: "FILE", help: "where to, too")
  private let flag = MilterSetting(flag: "dry", help: "do nothing")
  private let mode = MilterSetting("mode", default: Mode.strict, help: "how")
  private let words = Words()
  private var own: [any MilterProgramOption] { [count, file, extra, flag, mode, words] }

  @Test func `Settings are read together with the common options`() throws {
    let options = try ProgramOptions(
      [
        "filter", "--count=5", "--socket", "s", "--file", "/f", "--dry", "--mode", "relaxed",
        "--word", "a", "--word", "b",
      ], own: own)
    #expect(options.sockets == ["s"])
    #expect(count.value == 5)
    #expect(file.value == "/f")
    #expect(extra.value == "")
    #expect(flag.value)
    #expect(mode.value == .relaxed)
    #expect(words.words.value == 2)
  }

  @Test func `Settings have defaults`() throws {
    _ = try ProgramOptions(["filter", "--socket", "s"], own: own)
    #expect(count.value == 3)
    #expect(file.value == "/tmp/x")
    #expect(!flag.value)
    #expect(mode.value == .strict)
  }

  @Test(arguments: [
    (["--count", "0"], "--count 0: not a number from 1 to 9"),
    (["--count"], "--count needs an argument"),
    (["--mode", "lax"], "--mode lax: not one of strict, relaxed"),
    (["--word", "no"], "--word no: not that one"),
    (["--dry=1"], "--dry=1: --dry takes no argument"),
    (["--coumt", "1"], "--coumt: no such option; did you mean --count?"),
  ])
  func `A wrong setting is reported with the reason`(_ arguments: [String], _ message: String) {
    #expect {
      _ = try ProgramOptions(["filter", "--socket", "s"] + arguments, own: own)
    } throws: { "\($0)" == message }
  }

  @Test(arguments: [
    ("timeout", "--timeout is the name of an option of every filter; rename the setting"),
    ("socket", "--socket is the name of an option of every filter; rename the setting"),
    ("reuse", "--reuse is the name of an option of every filter; rename the setting"),
    ("help", "--help is the name of an option of every filter; rename the setting"),
    ("count", "--count is the name of another of its options; rename the setting"),
    (
      "--dry",
      "\"--dry\" cannot be an option's name; write it without dashes in front and without ="
    ),
    ("a=b", "\"a=b\" cannot be an option's name; write it without dashes in front and without ="),
    ("", "\"\" cannot be an option's name; write it without dashes in front and without ="),
  ])
  func `A setting that could never be reached is an error, whatever the command line`(
    _ name: String, _ message: String
  ) {
    for arguments in [["--socket", "s"], ["--try", "f"], ["--help"], ["--version"]] {
      #expect {
        _ = try ProgramOptions(
          ["filter"] + arguments, own: own + [MilterSetting(flag: name, help: "unreachable")])
      } throws: { $0 is OwnOptions.Mistake && "\($0)" == "programOptions: \(message)" }
    }
  }

  @Test func `A required setting that is missing is named`() throws {
    let required = MilterSetting(required: "text", argument: "FILE", help: "what to append")
    for arguments in [["--socket", "s"], ["--try", "f"], ["--socket", "s", "--count", "2"]] {
      #expect {
        _ = try ProgramOptions(["filter"] + arguments, own: own + [required])
      } throws: { "\($0)" == "--text is required" }
    }
    for arguments in [["--socket", "s", "--text", "/f"], ["--help"], ["--version"]] {
      _ = try ProgramOptions(["filter"] + arguments, own: own + [required])
    }
    #expect(required.value == "/f")
    #expect(
      ProgramOptions.help(own: [required]).hasPrefix(
        "  --text FILE               what to append; required\n"))
  }

  @Test func `The help lists settings first`() {
    let lines = ProgramOptions.help(own: own).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.prefix(7) == [
        "  --count N                 how many; default 3",
        "  --file FILE               where to; default /tmp/x",
        "  --extra FILE              where to, too", "  --dry                     do nothing",
        "  --mode strict|relaxed     how; default strict", "  --word WORD               a word", "",
      ])
    #expect(lines.dropFirst(7).first?.hasPrefix("  --socket SPEC") == true)
    #expect(!ProgramOptions.help(own: []).contains("--count"))
  }
}
