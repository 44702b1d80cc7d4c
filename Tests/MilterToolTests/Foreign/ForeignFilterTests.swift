import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

/// Filters in any language, over every kind of socket, with any message.
@Suite(.ownThread, .serialized, .needsForeignFilters, .timeLimit(.minutes(15)))
struct ForeignFilterTests {
  /// A message, and the commands that a filter gets.
  private struct Sample {
    let name: String
    let bytes: [UInt8]
    let headers: Int
    let bodySize: Int

    init(_ name: String, _ bytes: some Sequence<UInt8>, headers: Int, bodySize: Int) {
      self.name = name
      self.bytes = Array(bytes)
      self.headers = headers
      self.bodySize = bodySize
    }
  }

  private static let longLine = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000_000)
  private static let binary = (0..<1000).flatMap { _ in UInt8(0x80)...0xFF }

  private static let samples = [
    Sample(
      "good", "From: a@example.org\r\nSubject: x\r\n\r\nhello\r\n".utf8, headers: 2, bodySize: 7),
    Sample("no line end", "Subject: x\r\n\r\nno end".utf8, headers: 1, bodySize: 8),
    Sample("bare LF", "A: 1\nB: 2\n\none\ntwo\n".utf8, headers: 2, bodySize: 10),
    Sample("mixed line ends", "A: 1\r\nB: 2\n\none\r\ntwo\n\n".utf8, headers: 2, bodySize: 12),
    Sample("bare CR", "A: 1\n\na\rb\n".utf8, headers: 1, bodySize: 5),
    Sample("NUL in the body", "A: 1\r\n\r\na\0b\0\r\n".utf8, headers: 1, bodySize: 6),
    Sample("NUL in a header", "A: 1\0\r\n\r\nx\r\n".utf8, headers: 1, bodySize: 3),
    Sample("no headers", "\r\nhello\r\n".utf8, headers: 0, bodySize: 7),
    Sample("no body", "A: 1\r\n\r\n".utf8, headers: 1, bodySize: 0),
    Sample("no empty line", "A: 1\r\n".utf8, headers: 1, bodySize: 0),
    Sample("nothing", [], headers: 0, bodySize: 0),
    Sample("no header at the top", "that is\nno header\n".utf8, headers: 0, bodySize: 20),
    Sample("a header broken off", "A: 1\nB\nC: 3\n".utf8, headers: 1, bodySize: 9),
    Sample("folded", "A: 1\n 2\n\t3\nB: 4\n\nx\n".utf8, headers: 2, bodySize: 3),
    Sample("binary", binary, headers: 0, bodySize: binary.count + 2),
    Sample("all bytes", "A: 1\n\n".utf8 + Array(0...255), headers: 1, bodySize: 259),
    Sample("long line", "A: 1\n\n".utf8 + longLine, headers: 1, bodySize: longLine.count + 2),
    Sample(
      "long header", "A: ".utf8 + longLine + "\n\nx\n".utf8, headers: 1, bodySize: 3),
    Sample(
      "huge",
      "A: 1\n\n".utf8 + (0..<100_000).flatMap { _ in "0123456789012345678901234567\n".utf8 },
      headers: 1, bodySize: 100_000 * 30),
    Sample(
      "many headers", (1...2000).flatMap { "H\($0): x\n".utf8 } + Array("\nx\n".utf8),
      headers: 2000, bodySize: 3),
  ]

  /// A directory with each message in its own file.
  private static let files = Result {
    let directory = try ScratchDirectory()
    for (number, sample) in samples.enumerated() {
      try directory.write(sample.bytes, to: "mail/\(100 + number).eml")
    }
    return directory
  }

  @Test(arguments: CountingFilter.allCases, SocketKind.allCases)
  func `Every message is seen completely`(_ filter: CountingFilter, _ kind: SocketKind) throws {
    let directory = try ScratchDirectory()
    // The profiles of Postfix and Sendmail change some messages before a filter sees them.
    let run = try milter(
      "play", "--exec", filter.command, "--socket", kind.free(in: directory), "--profile",
      "libmilter", "--json", Self.files.get().path(of: "mail"))
    #expect(run.errors == "")
    let outcomes = try PlayedOutcome.all(in: run.output)
    try #require(outcomes.count == Self.samples.count)
    // The sample in this package refuses messages without header fields.
    #expect(run.status == (filter == .ours ? 10 : 0))
    for (sample, outcome) in zip(Self.samples, outcomes) {
      if filter == .ours, sample.headers == 0 {
        #expect(outcome.verdict == "reject", "\(sample.name)")
        continue
      }
      #expect(outcome.verdict == "accept", "\(sample.name)")
      let text = outcome.actions.first?.value ?? ""
      let seen = "\(sample.headers) headers, \(sample.bodySize) bytes"
      #expect(text.contains(seen), "\(sample.name)")
    }
  }

  @Test(arguments: CountingFilter.allCases.filter { $0 != .ours })
  func `A refusal sets the exit status`(_ filter: CountingFilter) throws {
    let run = try milter(
      "play", "--exec", filter.command, "--from", "reject@example.org",
      BuiltProgram.packageRoot + "/Samples/messages/hello.eml")
    #expect(run.output == "verdict     reject at envfrom: 550 5.7.1 Command rejected\n")
    #expect(run.status == 10)
  }

  @Test(arguments: CountingFilter.allCases)
  func `Several simultaneous connections`(_ filter: CountingFilter) throws {
    // kilter.service 0.3.1 fails at the second message of a connection, unless the first one was aborted.
    let reuse = filter == .kilter ? "1" : "7"
    let run = try milter(
      "play", "--exec", filter.command, "--connections", "4", "--repeat", "25", "--reuse", reuse,
      "--json",
      BuiltProgram.packageRoot + "/Samples/messages")
    let outcomes = try PlayedOutcome.all(in: run.output)
    #expect(outcomes.count == 100)
    #expect(outcomes.allSatisfy { $0.verdict == "accept" && $0.actions.count == 1 })
    #expect(outcomes.map(\.message) == outcomes.map(\.message).sorted())
    #expect(run.status == 0)
  }

  @Test(arguments: CountingFilter.allCases)
  func `Watched sessions can be replayed`(_ filter: CountingFilter) throws {
    let directory = try ScratchDirectory()
    let recording = directory.path(of: "recording")
    let socket = "unix:\(directory.path(of: "watched"))"
    let own = "unix:\(directory.path(of: "own"))"
    let command = try filter.command.replacing("{socket}", with: own)
    let process = try StartedProgram("/bin/sh", ["-c", command])
    try process.wait(for: "the filter to listen") { try ListeningTable.has(SocketSpec(own)) }
    let watch = try StartedProgram.listening(
      "milter", ["watch", "--socket", socket, "--relay", own, "--record", recording])
    let play = try milter(
      "play", "--socket", socket, BuiltProgram.packageRoot + "/Samples/messages")
    #expect(play.status == 0)
    #expect(try watch.end(by: SIGINT) == 0)
    _ = try process.end()
    let replay = try milter("replay", "--exec", filter.command, recording)
    #expect(replay.output.hasSuffix(" replies: all as recorded\n"))
    #expect(replay.errors == "")
    #expect(replay.status == 0)
  }
}
