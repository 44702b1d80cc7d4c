import Foundation
import MilterCore
import MilterProcessFixtures
import Testing

/// The memory and threads for connections that announce large frames and send little.
@Suite(
  .ownThread, .timeLimit(.minutes(15)),
  .disabled(if: BuiltProgram.isSanitized, "the sanitizer's own costs would be counted")
)
struct ConnectionCostTests {
  /// Returns an MTA that has announced 64 KiB of body in a message.
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

  /// Returns a number from the system's status of a process, in the system's unit.
  private static func number(_ name: String, of process: StartedProgram) throws -> Int {
    let words = try ProcFile.status(name, of: process.pid)
    return try #require(words.first.flatMap { Int($0) })
  }

  /// Waits until the threads that connections no longer need have ended.
  private static func waitForFewThreads(_ process: StartedProgram) throws {
    try wait(for: "few threads", within: .seconds(300)) {
      try number("Threads", of: process) <= 12
    }
  }

  /// Returns the growth of a process in KiB, once the growth is less than a limit.
  ///
  /// A thread that has just ended may not have released its memory yet.
  private static func growth(
    _ process: StartedProgram, since before: Int, below limit: Int
  ) throws -> Int {
    try waitForFewThreads(process)
    let growth = { try number("RssAnon", of: process) - before }
    _ = try? wait(for: "the memory") { try growth() < limit }
    return try growth()
  }

  /// Runs `body` with a sample filter in a new process.
  private static func withGreeter<Value>(
    _ arguments: [String] = [], _ body: (StartedProgram, _ spec: String) throws -> Value
  ) throws -> Value {
    let directory = try ScratchDirectory()
    let spec = "unix:\(directory.path)/s"
    let process = try StartedProgram.listening("greeter", ["--socket", spec] + arguments)
    defer { _ = try? process.end() }
    return try body(process, spec)
  }

  @Test func `A thousand announced frames of 64 KiB cost under 4 KiB each`() throws {
    let limit = 4 * 1000
    let growth = try Self.withGreeter { process, spec in
      // The first connections make the allocator reserve memory that later ones do not add to.
      let first = try (0..<200).map { _ in try Self.announcing(spec) }
      try Self.waitForFewThreads(process)
      let before = try Self.number("RssAnon", of: process)
      let more = try (0..<1000).map { _ in try Self.announcing(spec) }
      defer { withExtendedLifetime((first, more)) {} }
      return try Self.growth(process, since: before, below: limit)
    }
    #expect(growth < limit, "\(growth) bytes each")
  }

  /// Returns an MTA that has sent the maximum of macros, and most of a frame.
  private static func loaded(_ spec: String) throws -> TestMTA {
    let mta = try TestMTA(spec)
    let macros = [MilterMacro(name: bytes("{a}"), value: [UInt8](repeating: 0x76, count: 43_000))]
    var writer = ByteWriter()
    for command in [
      TestMTA.offer, .macro(0x43, macros), .connect(host: bytes("mx"), address: nil),
      .macro(0x48, macros), .helo(bytes("x")), .macro(0x4D, macros), .mail([bytes("<a@b>")]),
    ] { command.write(to: &writer) }
    let part = [UInt8](repeating: 0x62, count: 64_000)
    try mta.send(bytes: writer.bytes + [0, 1, 0, 0, 0x42] + part)
    for _ in 0..<4 { _ = try #require(try mta.receive()) }
    return mta
  }

  @Test func `Macros and an incomplete frame cost an idle connection only their bytes`() throws {
    // Each MTA sends 189 KiB. The allocator's overhead depends on the number of threads.
    let limit = 240 * 100
    let growth = try Self.withGreeter { process, spec in
      let first = try (0..<4).map { _ in try Self.loaded(spec) }
      try Self.waitForFewThreads(process)
      let before = try Self.number("RssAnon", of: process)
      let more = try (0..<100).map { _ in try Self.loaded(spec) }
      defer { withExtendedLifetime((first, more)) {} }
      return try Self.growth(process, since: before, below: limit)
    }
    #expect(growth < limit, "\(growth / 100) KiB each")
  }

  @Test(
    .needs("a net.core.somaxconn of 4000", if: connectionsAtOnce >= 4000)
  )
  func `4,000 simultaneous connections start few threads and cost 2 KiB each`() throws {
    let limit = 2 * 4000
    let (most, growth) = try Self.withGreeter(["--backlog", "4096"]) { process, spec in
      // The first connections make the allocator reserve memory that later ones do not add to.
      let first = try (0..<200).map { _ in try Self.greeting(spec) }
      for mta in first { _ = try #require(try mta.receive()) }
      try Self.waitForFewThreads(process)
      let before = try Self.number("RssAnon", of: process)
      kill(process.pid, SIGSTOP)
      let more = try (0..<4000).map { _ in try Self.greeting(spec) }
      kill(process.pid, SIGCONT)
      var most = 0
      for mta in more {
        _ = try #require(try mta.receive())
        // An idle thread stays for a second, so no thread is missed.
        most = max(most, try Self.number("Threads", of: process))
      }
      defer { withExtendedLifetime((first, more)) {} }
      return (most, try Self.growth(process, since: before, below: limit))
    }
    // An idle machine needs few more than 64 threads. On a busy machine, the threads seem to be
    // blocked, and the pool allows more at each check: see ``PoolGrowthTests``.
    #expect(most <= 2000)
    #expect(growth < limit, "\(growth) KiB")
  }

  /// The maximum number of connections in the backlog of a socket.
  private static var connectionsAtOnce: Int {
    let text = try? String(contentsOfFile: "/proc/sys/net/core/somaxconn", encoding: .utf8)
    return text.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  /// Returns an MTA that has sent its offer.
  private static func greeting(_ spec: String) throws -> TestMTA {
    let mta = try TestMTA(spec)
    try mta.send(TestMTA.offer)
    return mta
  }

  @Test func `Peers that send byte by byte block no thread`() throws {
    try Self.withGreeter { process, spec in
      let peers = try (0..<40).map { _ in try Self.announcing(spec) }
      // Each peer sends its next byte before a thread gives up waiting for it. The peers take
      // turns, because all at once would need many threads for a moment.
      var turn = 0
      try wait(for: "few threads", within: .seconds(600)) {
        for peer in [turn % 20, 20 + turn % 20] { try peers[peer].send(bytes: [0x61]) }
        turn += 1
        return try Self.number("Threads", of: process) <= 20
      }
    }
  }
}
