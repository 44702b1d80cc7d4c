import Foundation
import MilterCore
import MilterProcessFixtures
import Testing

/// What connections cost a filter's process that announce much and send nothing.
@Suite(
  .timeLimit(.minutes(15)),
  .disabled(if: BuiltProgram.isSanitized, "the sanitizer's own costs would be counted")
)
struct ConnectionCostTests {
  /// An MTA in the middle of a message that has announced 64 KiB of body.
  private static func announcing(_ spec: String) throws -> TestMTA {
    let mta = try TestMTA(spec)
    var writer = ByteWriter()
    for command in [
      TestMTA.offer, .connect(host: bytes("mx"), address: nil), .helo(bytes("x")),
      .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]),
    ] { command.write(to: &writer) }
    try mta.send(bytes: writer.bytes + [0, 1, 0, 0, 0x42])
    for _ in 0..<5 { _ = try #require(try mta.receive()) }
    return mta
  }

  /// A number that the system tells of a process; kB are kB.
  private static func number(_ name: String, of process: StartedProgram) throws -> Int {
    let status = try String(
      contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(name):") })
    return try #require(Int(line.filter(\.isNumber)))
  }

  /// Waits until the threads are gone that connections had for a while.
  private static func waitForFewThreads(_ process: StartedProgram) throws {
    while try number("Threads", of: process) > 12 { usleep(20_000) }
  }

  /// Runs `body` with a sample filter in a process of its own.
  private static func withGreeter<Value>(
    _ body: (StartedProgram, _ spec: String) throws -> Value
  ) throws -> Value {
    let directory = try ScratchDirectory()
    let spec = "unix:\(directory.path)/s"
    let process = try StartedProgram.listening("greeter", ["--socket", spec])
    defer { _ = try? process.end() }
    return try body(process, spec)
  }

  @Test func aThousandAnnouncementsOf64KiBCostUnder4KiBEach() async throws {
    let growth = try await onThread {
      try Self.withGreeter { process, spec in
        // The allocator takes its share first, which does not grow with connections.
        let first = try (0..<200).map { _ in try Self.announcing(spec) }
        try Self.waitForFewThreads(process)
        let before = try Self.number("RssAnon", of: process)
        let more = try (0..<1000).map { _ in try Self.announcing(spec) }
        try Self.waitForFewThreads(process)
        defer { withExtendedLifetime((first, more)) {} }
        return try Self.number("RssAnon", of: process) - before
      }
    }
    #expect(growth < 4 * 1000, "\(growth) bytes each")
  }

  @Test func peersThatDripKeepNoThread() async throws {
    try await onThread {
      try Self.withGreeter { process, spec in
        let peers = try (0..<40).map { _ in try Self.announcing(spec) }
        // Each gives a sign of life more often than a thread waits for one.
        while try Self.number("Threads", of: process) > 20 {
          for peer in peers {
            try peer.send(bytes: [0x61])
            // One after the other: all at once would need many threads for a moment.
            usleep(1000)
          }
        }
      }
    }
  }

  /// Runs `body`, and looks at a process's threads all the time.
  private static func mostThreads(
    of process: StartedProgram, during body: () throws -> Void
  ) rethrows -> Int {
    let watch = ThreadWatch(process.pid)
    defer { watch.end() }
    try body()
    return watch.most
  }

  @Test func `a burst of connections makes no burst of threads`() async throws {
    let threads = try await onThread {
      try Self.withGreeter { process, spec in
        try Self.mostThreads(of: process) {
          var mtas: [TestMTA] = []
          for _ in 0..<2000 {
            let mta = try TestMTA(spec)
            try mta.send(TestMTA.offer)
            mtas.append(mta)
          }
          for mta in mtas { _ = try #require(try mta.receive()) }
        }
      }
    }
    #expect(threads <= 80)
  }
}
