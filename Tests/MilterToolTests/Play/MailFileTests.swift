import Foundation
import Glibc
import MilterProcessFixtures
import Testing

/// The message files of `milter play`.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct MailFileTests {
  private let directory: ScratchDirectory
  private let stamp: String

  init() throws {
    directory = try ScratchDirectory()
    stamp = try "exec \(BuiltProgram.path(of: "stamp")) --log-level error --socket {socket}"
  }

  private func play(_ arguments: String...) throws -> Subprocess {
    try milter(["play", "--exec", stamp] + arguments)
  }

  /// Writes a message to a file whose name consists of any bytes.
  private func write(name: [UInt8]) throws {
    let path = (Array(directory.path.utf8) + [0x2F] + name + [0]).map(CChar.init(bitPattern:))
    let file = try #require(fopen(path, "w"))
    fputs("Subject: x\n\nbody\n", file)
    fclose(file)
  }

  @Test func `A file whose name is not UTF-8 is played, and its name is escaped`() throws {
    try write(name: [0x61, 0xE4, 0x1B, 0x0A, 0xC3, 0xA4] + Array(".eml".utf8))
    try directory.write("Subject: y\n\nbody\n", to: "b.eml")
    let run = try play("--output", directory.path(of: "out"), directory.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains(#"message     \#(directory.path)/a\xe4\x1b\nä.eml"#))
    // A shell passes the bytes of a file name unchanged.
    let shell = try Subprocess.run(
      "/bin/sh",
      [
        "-c",
        "exec \(try BuiltProgram.path(of: "milter")) play --exec '\(stamp)' \(directory.path)/a*",
      ])
    #expect(shell.status == 0, "\(shell.errors)")
    #expect(shell.output.contains("verdict     accept"))
  }

  @Test func `In a directory, FIFOs and links to nothing are left out with a warning`() throws {
    #expect(mkfifo(directory.path(of: "fifo"), 0o600) == 0)
    try directory.write("Subject: y\n\nbody\n", to: "b.eml")
    let run = try play(directory.path)
    #expect(run.status == 0)
    #expect(
      run.errors.contains("\(directory.path)/fifo is not a regular file; it is left out\n"))
    #expect(symlink("nowhere", directory.path(of: "dangling")) == 0)
    let second = try play(directory.path)
    #expect(second.status == 1)
    #expect(second.output.contains("verdict     accept"))
    #expect(second.errors.contains("cannot read \(directory.path)/dangling: "))
  }

  @Test func `A link cycle is not followed`() throws {
    try directory.write("Subject: y\n\nbody\n", to: "b.eml")
    #expect(symlink(".", directory.path(of: "loop")) == 0)
    let run = try play(directory.path)
    #expect(run.status == 0)
    #expect(run.output.components(separatedBy: "verdict     accept").count == 2, "\(run.output)")
    #expect(run.errors.contains("\(directory.path)/loop leads back to a directory above it;"))
  }

  @Test func `An empty directory is a warning and status 1`() throws {
    let run = try play(directory.path)
    #expect(run.status == 1)
    #expect(run.output == "")
    #expect(run.errors.contains("milter play: there are no messages in \(directory.path)\n"))
  }

  @Test func `Ctrl-C ends the filter and removes its directory`() throws {
    let trace = directory.path(of: "trace")
    let program = try StartedProgram(
      BuiltProgram.path(of: "milter"),
      [
        "play", "--exec", "echo {socket} $$ >\(trace); exec \(stamp.dropFirst(5))", "--repeat",
        "1000000000", "--json", BuiltProgram.packageRoot + "/Samples/messages/hello.eml",
      ])
    try program.wait(for: "an outcome") { try program.output.contains("verdict") }
    #expect(try program.end(by: SIGINT) == 130)
    let words = try directory.text("trace").split(whereSeparator: \.isWhitespace)
    let socket = try #require(words.first?.dropFirst("unix:".count))
    let process = try #require(words.last.flatMap { pid_t($0) })
    #expect(kill(process, 0) == -1)
    let place = URL(fileURLWithPath: String(socket)).deletingLastPathComponent().path
    #expect(!FileManager.default.fileExists(atPath: place))
  }
}
