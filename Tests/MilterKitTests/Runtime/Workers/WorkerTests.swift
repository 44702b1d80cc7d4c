import Foundation
import MilterProcessFixtures
import Testing

/// Workers that end, and workers that do not start.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct WorkerTests {
  let program: WorkerProgram

  init() throws { program = try WorkerProgram() }

  // MARK: Crashes

  @Test(arguments: [SIGSEGV, SIGKILL, SIGABRT])
  func `A crash ends the sessions of one worker only, and another worker replaces it`(
    signal: Int32
  ) throws {
    let process = try program.start(workers: 3)
    let address = try process.serve(with: 3)
    let workers = try process.waitForWorkers(3)
    let sessions = try WorkerSession.begin(address, with: 3, atLeast: 9)
    let victim = workers[1]
    kill(victim, signal)
    _ = try process.log.line {
      $0.contains("worker 2 (process \(victim)) ended with signal \(signal) (")
    }
    for session in sessions {
      #expect(try session.next() == (session.worker == victim ? nil : session.worker))
    }
    let now = try process.waitForWorkers(3, without: [victim])
    #expect(Set(now).intersection(workers) == Set(workers).subtracting([victim]))
    // The new worker also serves.
    let newcomer = try #require(Set(now).subtracting(workers).first)
    _ = try WorkerSession.begin(address, with: "the new worker") { $0 == newcomer }
    try process.stop()
  }

  @Test func `A callback that traps ends its own worker only`() throws {
    let process = try program.start(workers: 2)
    let address = try process.serve(with: 2)
    let session = try WorkerSession(address)
    let other = try WorkerSession.begin(address, with: "the other") { $0 != session.worker }
    #expect(try session.next(header: "X-Trap") == nil)
    _ = try process.log.line { $0.contains("(process \(session.worker)) ended with signal") }
    #expect(try other.next() == other.worker)
    _ = try process.waitForWorkers(2, without: [session.worker])
    try process.stop()
  }

  @Test func `A worker that ends by SIGTERM is started again`() throws {
    let process = try program.start(workers: 2)
    let address = try process.serve(with: 2)
    let session = try WorkerSession(address)
    kill(session.worker, SIGTERM)
    _ = try process.log.line { $0.contains("(process \(session.worker)) has stopped") }
    _ = try process.waitForWorkers(2, without: [session.worker])
    try process.stop()
  }

  // MARK: Workers that do not start

  @Test(arguments: [
    (["--odd", "--tag", "x"], Int32(64), "exclude each other"),
    (["--tag"], 64, "needs an argument"),
  ])
  func `A wrong command line ends the program before a worker starts`(
    arguments: [String], status: Int32, words: String
  ) throws {
    let process = try program.start(workers: 2, arguments)
    #expect(try process.waitForExit() == status)
    let lines = try process.log.toEnd()
    #expect(lines.count { $0.contains(words) } == 1)
    #expect(!FileManager.default.fileExists(atPath: program.file("s")))
  }

  @Test func `Workers that do not become ready are reported once, and end the program`() throws {
    try Data().write(to: URL(filePath: program.file("unprepared")))
    let process = try program.start(
      workers: 4, ["--pidfile", program.file("pid")],
      environment: ["UNPREPARED": program.file("unprepared")])
    #expect(try process.waitForExit() == 1)
    let lines = try process.log.toEnd()
    #expect(lines.count { $0.contains("ended with status 1 before it served") } == 1)
    #expect(lines.count { $0.contains("Broken") } == 1)
    #expect(!lines.contains { $0.contains("listening on ") })
    #expect(!FileManager.default.fileExists(atPath: program.file("s")))
    #expect(!FileManager.default.fileExists(atPath: program.file("pid")))
  }

  @Test func `Workers end with a supervisor that is killed`() throws {
    let process = try program.start(workers: 2)
    _ = try process.serve(with: 2)
    let workers = try process.waitForWorkers(2)
    process.signal(SIGKILL)
    #expect(try process.waitForExit() == 128 + SIGKILL)
    for worker in workers {
      try wait(for: "the end of \(worker)") { kill(worker, 0) == -1 }
    }
    let next = try program.start(workers: 2)
    _ = try next.serve(with: 2)
    try next.stop()
  }

  @Test func `A program that does not support many processes reports that`() throws {
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1", "--workers", "2"],
      environment: ["SETTINGS": program.file("settings"), "SINGLE": "1"])
    #expect(try process.waitForExit() == 64)
    #expect(
      try process.log.toEnd().contains {
        $0.contains(
          "--workers 2: milter-operated-filter keeps what it knows in one process; give --workers 1"
        )
      })
  }
}
