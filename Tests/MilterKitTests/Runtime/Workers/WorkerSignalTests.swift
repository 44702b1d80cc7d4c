import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import Testing

/// The effect of signals on a filter program with several workers.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct WorkerSignalTests {
  let program: WorkerProgram

  init() throws { program = try WorkerProgram() }

  @Test func `SIGTERM waits for messages in progress in all workers`() throws {
    let gate = Gate(in: program.directory)
    let process = try program.start(
      workers: 2, ["--pidfile", program.file("pid"), "--drain", "3600"],
      environment: ["GATE": gate.path])
    let address = try process.serve(with: 2)
    #expect(try String(contentsOfFile: program.file("pid"), encoding: .utf8) == "\(process.pid)\n")
    let mtas = try (0..<6).map { _ in try TestMTA(address) }
    for mta in mtas {
      try mta.greet()
      try mta.envelope()
      try mta.send(.endOfBody([]))
    }
    for number in 1...6 { _ = try process.log.line(number) { $0 == "in eom" } }
    process.signal(SIGTERM)
    _ = try process.log.line { $0 == "notice: worker 1: the supervisor: stopping" }
    gate.open()
    for mta in mtas {
      var last: FilterReply?
      repeat { last = try mta.receive() } while last?.code == .addheader
      #expect(last == .accept)
    }
    #expect(try process.waitForExit() == 0)
    #expect(!FileManager.default.fileExists(atPath: program.file("s")))
    #expect(!FileManager.default.fileExists(atPath: program.file("pid")))
  }

  @Test func `SIGINT does not wait`() throws {
    let gate = Gate(in: program.directory)
    let process = try program.start(
      workers: 2, ["--drain", "3600"], environment: ["GATE": gate.path])
    let mta = try TestMTA(try process.serve(with: 2))
    try mta.greet()
    try mta.envelope()
    try mta.send(.endOfBody([]))
    _ = try process.log.line { $0 == "in eom" }
    process.signal(SIGTERM)
    _ = try process.log.line { $0 == "notice: worker 1: the supervisor: stopping" }
    process.signal(SIGINT)
    #expect(try process.waitForExit() == 0)
    withExtendedLifetime(gate) {}
  }

  @Test func `SIGHUP reloads one worker after the other`() throws {
    let process = try program.start(workers: 3)
    let address = try process.serve(with: 3)
    let workers = try process.waitForWorkers(3)
    try "y".write(toFile: program.file("settings"), atomically: true, encoding: .utf8)
    try process.reload { $0 == "notice: all workers have reloaded" }
    _ = try process.log.line(3) { $0.hasSuffix(": reloaded") }
    let order = process.log.all.filter { $0.hasSuffix(": reloaded") }
    #expect(order == (1...3).map { "notice: worker \($0): reloaded" })
    #expect(try process.waitForWorkers(3) == workers)
    for _ in 0..<20 {
      let mta = try TestMTA(address)
      try mta.greet()
      #expect(try mta.message().first == .addheader(name: bytes("X-Settings"), value: bytes("y")))
    }
    try process.stop()
  }

  @Test func `SIGHUP changes the log level of the supervisor as well`() throws {
    let file = try program.directory.write("log-level = notice\n", to: "conf")
    let process = try program.start(workers: 2, ["--config", file])
    _ = try process.serve(with: 2)
    let workers = try process.waitForWorkers(2)
    try program.directory.write("log-level = info\n", to: "conf")
    try process.reload { $0 == "notice: all workers have reloaded" }
    #expect(!process.log.all.contains { $0.hasPrefix("info: ") && $0.hasSuffix(") starts") })
    kill(workers[0], SIGKILL)
    _ = try process.log.line {
      $0.hasPrefix("info: worker 1 (process ") && $0.hasSuffix(") starts")
    }
    try process.stop()
  }

  @Test func `A reload that fails in one worker does not reach others`() throws {
    let process = try program.start(workers: 3)
    let address = try process.serve(with: 3)
    // A worker reads the settings when it creates its first filter, so each worker gets a session.
    _ = try WorkerSession.begin(address, with: 3)
    try "broken".write(toFile: program.file("settings"), atomically: true, encoding: .utf8)
    try process.reload { $0.contains("has not reloaded") }
    #expect(process.log.all.count { $0.contains("reloading failed") } == 1)
    for _ in 0..<20 {
      let mta = try TestMTA(address)
      try mta.greet()
      #expect(try mta.message().first == .addheader(name: bytes("X-Settings"), value: bytes("x")))
    }
    try process.stop()
  }

  @Test func `SIGUSR1 has all workers list their connections`() throws {
    let process = try program.start(workers: 2)
    let session = try WorkerSession(try process.serve(with: 2))
    process.signal(SIGUSR1)
    for number in 1...2 {
      _ = try process.log.line {
        $0.contains("worker \(number): ") && $0.contains(" connections: ")
      }
    }
    _ = try process.log.line { $0.contains("#1, mx [192.0.2.7:25]: ") }
    #expect(try session.next() == session.worker)
    try process.stop()
  }

  @Test func `A filter that stops its server stops all workers`() throws {
    let process = try program.start(workers: 3)
    let session = try WorkerSession(try process.serve(with: 3))
    #expect(try session.next(header: "X-Stop") == session.worker)
    #expect(try process.waitForExit() == 0)
  }
}
