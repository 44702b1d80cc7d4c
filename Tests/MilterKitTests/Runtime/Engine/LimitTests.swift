import Dispatch
import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterKit
@testable import MilterRuntime

/// A server without free descriptors, memory, threads, or connections.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct LimitTests {
  /// Plays sessions of one message on each thread, one after the other, and returns the number of
  /// verdicts.
  private func play(_ sessions: Int, threads: Int, to address: String) -> Int {
    let verdicts = Counter()
    onThreads(threads) {
      for _ in 0..<sessions {
        guard let mta = try? TestMTA(address), (try? mta.greet()) != nil else { continue }
        if (try? mta.message().last) == .accept { verdicts.add() }
        try? mta.send(.quit)
        _ = try? mta.receive()
      }
    }
    return verdicts.value
  }

  @Test
  func `Without descriptors connections wait and the server neither spins nor floods the log`()
    throws
  {
    let start = ContinuousClock.now
    let limit = 48
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1", "--log-level", "debug"], limits: "-n \(limit)")
    let address = try process.address()
    // There are more silent connections than descriptors.
    let holders = try (0..<2 * limit).map { _ in try TestMTA(address) }
    _ = try process.log.line { $0.hasPrefix("error") }
    for mta in holders { try mta.send(TestMTA.offer) }
    // The first connections have the descriptors. Each one that closes leaves its descriptor to
    // the next.
    for mta in holders {
      #expect(try mta.receive()?.code == .negotiate)
      mta.socket.close()
    }
    #expect(play(5, threads: 2 * limit, to: address) == 5 * 2 * limit)
    // The reply to SIGUSR1 follows all errors in the log. The end of each error is also logged.
    process.signal(SIGUSR1)
    _ = try process.log.line { $0.contains(" connections: ") }
    let known = process.log.all.count { $0.hasPrefix("error") }
    _ = try process.log.line(known) { $0.hasSuffix("connections do not wait any longer") }
    try process.stop()
    let lines = try process.log.toEnd()
    let seconds = Int((ContinuousClock.now - start).components.seconds)
    let errors = lines.filter { $0.hasPrefix("error") }
    for error in errors {
      #expect(error.hasSuffix("Too many open files; connections wait until that is over"))
    }
    // If the load pauses for five seconds, the next error starts a new count.
    #expect((1...1 + seconds / 5).contains(errors.count))
    #expect(lines.count { $0.hasSuffix("connections do not wait any longer") } == errors.count)
    // The server tries to accept at most once for each ended connection, each second, and each
    // error.
    let attempts = lines.count { $0.contains("nothing accepted") }
    let ended = lines.count { $0.contains("a connection ended") }
    #expect((1...ended + seconds + errors.count + 1).contains(attempts))
  }

  @Test(.disabled(if: BuiltProgram.isSanitized, "the sanitizer needs the memory itself"))
  func `If no thread can be created, the existing ones serve all connections`() throws {
    let process = try OperatedProcess(["--socket", "inet:0@127.0.0.1"])
    let address = try process.address()
    try #require(play(1, threads: 1, to: address) == 1)
    let size = try #require(Int(try process.field("VmSize")[0]))
    // Room for the stacks of about eight threads.
    try Subprocess.succeed(
      "/usr/bin/prlimit",
      ["--pid", "\(process.pid)", "--as=\((size + 8 * 8_300 + 4_000) * 1024)"])
    let holders = try (0..<40).map { _ in try TestMTA(address) }
    for mta in holders { try mta.greet() }
    for mta in holders { #expect(try mta.message().last == .accept) }
    try process.stop()
  }

  @Test(.needsRoot("only root can become a user with a limit of its own"))
  func `An idle server that gets no more threads serves, reloads, stops and logs the reason once`()
    throws
  {
    // The limit does not apply to root, so the server runs as another user.
    let process = try OperatedProcess([
      "--socket", "inet:0@127.0.0.1", "--user", "nobody", "--log-level", "info",
    ])
    let address = try process.address()
    #expect(play(1, threads: 1, to: address) == 1)
    // The server is idle when only the threads are left that it keeps. The thread sanitizer has one of its own.
    let mostKept = BuiltProgram.isSanitized ? 9 : 8
    try wait(for: "few threads", within: .seconds(300)) {
      try #require(Int(try process.field("Threads")[0])) <= mostKept
    }
    let nobody = try #require(getpwnam("nobody")).pointee
    try Subprocess.succeed(
      "/usr/bin/setpriv",
      [
        "--reuid=\(nobody.pw_uid)", "--regid=\(nobody.pw_gid)", "--clear-groups",
        "/usr/bin/prlimit", "--pid", "\(process.pid)", "--nproc=1",
      ])
    #expect(play(5, threads: 8, to: address) == 40)
    try process.reload { $0.contains("reload") }
    try process.stop()
    let errors = try process.log.toEnd().filter { $0.hasPrefix("error") && !$0.contains("reload") }
    #expect(
      errors == [
        "error: the system allows no more threads: Resource temporarily unavailable; "
          + "connections wait for the existing threads"
      ])
  }

  @Test func `Accept fails for any reason and works again`() throws {
    let socket = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let log = Journal()
    let calls = Counter()
    let accepted = DispatchSemaphore(value: 0)
    let over = DispatchSemaphore(value: 0)
    let reasons: [Errno] = [.tooManyOpenFilesInSystem, .noMemory, .noMemory, .notPermitted]
    let counters = ServerCounters()
    let listener = try Listener(
      socket, counters: counters,
      log: MilterLog { level, line in
        log.note("\(level): \(line)")
        if level == .notice { over.signal() }
      },
      accept: {
        let call = calls.add()
        guard call > reasons.count else {
          let reason = reasons[call - 1]
          throw SocketError(.systemCall, "no: \(reason.rawValue)", underlying: reason)
        }
        return try socket.accept()
      })
    try listener.start(hasRoom: { true }, accepted: { _ in accepted.signal() })
    let mta = try Socket.connect(to: SocketSpec("\(socket.localAddress)"))
    try accepted.wait(for: "a connection")
    try over.wait(for: "the end of the trouble")
    let expected = [Errno.tooManyOpenFilesInSystem, .noMemory, .notPermitted].map {
      "error: no: \($0.rawValue); connections wait until that is over"
    }
    #expect(log.all == expected + ["notice: \(listener.spec): connections do not wait any longer"])
    #expect(counters.snapshot.errors == [.system: reasons.count])
    #expect(calls.value <= reasons.count + 2)
    mta.close()
    listener.close(leavingFile: false)
  }

  @Test func `Beyond the connection limit nobody is refused, and a line is logged`() throws {
    let most = 4
    let start = ContinuousClock.now
    let server = try TestServer(configure: { $0.maxConnections = most }) { ScriptedFilter() }
    let (busy, tooMany, verdicts) = (Counter(), Counter(), Counter())
    let spec = server.spec
    let line = "warning: \(spec): as many connections as allowed; others wait until one ends"
    let first = try (0...most).map { _ in try server.connect() }
    try wait(for: "the line") { server.log.all.contains(line) }
    for mta in first { mta.socket.close() }
    onThreads(6 * most) {
      guard let mta = try? TestMTA(spec), (try? mta.greet()) != nil else { return }
      if busy.add() > most { tooMany.add() }
      if (try? mta.message()) == [.continue] { verdicts.add() }
      busy.subtract()
      try? mta.send(.quit)
    }
    #expect(verdicts.value == 6 * most)
    #expect(tooMany.value == 0)
    // If the load pauses for five seconds, the line is logged again.
    let seconds = Int((ContinuousClock.now - start).components.seconds)
    #expect((1...1 + seconds / 5).contains(server.log.all.count { $0 == line }))
  }
}
