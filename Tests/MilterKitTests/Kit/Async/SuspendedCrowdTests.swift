import Foundation
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// The memory and threads of a process with very many suspended callbacks.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct SuspendedCrowdTests {
  /// The number of connections that the limit on descriptors allows in this process and the
  /// filter's.
  private static let count: Int = {
    let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    getrlimit(descriptors, &limit)
    limit.rlim_cur = min(limit.rlim_max, 20_000)
    setrlimit(descriptors, &limit)
    return min(10_000, Int(clamping: limit.rlim_cur) - 500)
  }()

  /// Returns the number of the filter's threads after idle threads have ended.
  private func settled(_ process: OperatedProcess, atMost threads: Int) throws -> Int {
    try poll(for: "spare threads to end") {
      let count = try #require(Int(try process.field("Threads")[0]))
      return count <= threads ? count : nil
    }
  }

  /// Returns the filter's resident memory in bytes.
  private func memory(_ process: OperatedProcess) throws -> Int {
    try #require(Int(try process.field("VmRSS")[0])) * 1024
  }

  @Test func `Ten thousand suspended callbacks hold no threads, and are answered in order`() throws
  {
    // On a busy machine, threads that wait for a lock look as if they blocked, and the pool would start more.
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1", "--backlog", "4096", "--max-threads", "64"],
      program: "milter-suspending-filter",
      environment: ["COUNT": "\(Self.count)"])
    let address = try process.address()
    let mtas = try (0..<Self.count).map { _ in
      let mta = try TestMTA(address)
      guard case .negotiate? = try mta.ask(TestMTA.offer).first else { throw NotNegotiated() }
      return mta
    }
    // The server keeps eight threads. Dispatch has more for the filter's signal source.
    let idle = try settled(process, atMost: 10)
    let before = try memory(process)
    for (number, mta) in mtas.enumerated() { try mta.send(.helo(bytes("client-\(number)"))) }
    _ = try process.log.line { $0.contains("all are in HELO") }
    _ = try settled(process, atMost: idle + 8)
    // A sanitizer adds its own memory to each allocation.
    if !BuiltProgram.isSanitized {
      // A thread that has just ended may not have released its memory yet.
      func each() throws -> Int { (try memory(process) - before) / Self.count }
      _ = try? wait(for: "the memory") { try each() < Self.room }
      let each = try each()
      #expect(each < Self.room, "\(each) bytes each")
    }
    // Commands sent ahead are answered after the suspended callback.
    for mta in mtas { try mta.send(.mail([bytes("<a@b>")])) }
    process.signal(SIGUSR2)
    for (number, mta) in mtas.enumerated() {
      #expect(try mta.receive() == .continue)
      #expect(try mta.receive() == .replycode(bytes("451 4.7.1 client-\(number)")))
    }
    try process.stop()
  }

  private struct NotNegotiated: Error {}

  /// The maximum number of bytes for a suspended callback.
  private static let room = 6 * 1024
}
