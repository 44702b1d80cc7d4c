import MilterSystem
import Testing

/// Programs that are run to their end.
@Suite(.timeLimit(.minutes(15))) struct CapturedProgramTests {
  @Test func `A program's output is returned in two parts, with its status`() throws {
    let run = try #require(
      try CapturedProgram(
        "/bin/sh", ["-c", "echo out; echo err >&2; exit 3"], within: .seconds(60)))
    #expect(run.output == "out\n")
    #expect(run.errors == "err\n")
    #expect(run.end == .status(3))
  }

  @Test func `A signal that ended a program is seen`() throws {
    let run = try #require(
      try CapturedProgram("/bin/sh", ["-c", "kill -9 $$"], within: .seconds(60)))
    #expect(run.end == .signal(9))
  }

  @Test func `Output of any size is read, from both pipes at once`() throws {
    let script = "dd if=/dev/zero bs=1000 count=1000 2>/dev/null | tee /dev/stderr"
    let run = try #require(
      try CapturedProgram("/bin/sh", ["-c", script], within: .seconds(60)))
    #expect(run.output.utf8.count == 1_000_000)
    #expect(run.errors.utf8.count == 1_000_000)
  }

  @Test func `A program that takes too long is killed`() throws {
    #expect(try CapturedProgram("/bin/sleep", ["3600"], within: .milliseconds(10)) == nil)
  }

  @Test func `A missing program is an error with a code`() {
    #expect {
      _ = try CapturedProgram("/nonexistent/program", [], within: .seconds(60))
    } throws: { ($0 as? FileError)?.code == .noSuchFile }
  }

  @Test func `A program is found in PATH, and in further places`() {
    #expect(ProgramFile.find(["no-such-program", "sh"], alsoIn: [])?.hasSuffix("/sh") == true)
    #expect(ProgramFile.find(["no-such-program"], alsoIn: ["/bin"]) == nil)
  }
}
