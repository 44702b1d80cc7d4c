import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import Testing

/// The replacement of a program's file while its workers serve.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ReplacedProgramTests {
  let directory: ScratchDirectory

  init() throws {
    directory = try ScratchDirectory()
    try install("milter-operated-filter")
  }

  private var program: String { directory.path + "/filter" }

  /// Replaces the program like an installer.
  private func install(_ name: String) throws {
    try install(copyOf: BuiltProgram.path(of: name))
  }

  /// Copies a file to the program's path with another process.
  ///
  /// A file that is open for writing cannot be executed. If this process wrote the file, a child of
  /// another test could have a copy of the descriptor for a moment.
  private func install(copyOf path: String) throws {
    let draft = program + ".new"
    try Subprocess.succeed("/bin/cp", [path, draft])
    chmod(draft, 0o755)
    try #require(rename(draft, program) == 0)
  }

  private func start(workers: Int) throws -> OperatedProcess {
    try OperatedProcess(
      ["--socket", "unix:\(directory.path)/s", "--workers", "\(workers)", "--drain", "3600"],
      at: program)
  }

  private func header(_ address: String) throws -> FilterReply? {
    let mta = try TestMTA(address)
    try mta.greet()
    return try mta.message().first
  }

  @Test func `SIGUSR2 replaces the program and refuses no connection`() throws {
    let process = try start(workers: 3)
    let address = try process.serve(with: 3)
    var workers = try process.waitForWorkers(3)
    let load = Load(address, connections: 6)
    for round in 1...3 {
      load.waitForVerdicts(20)
      // Each round installs another program.
      try install(round % 2 == 1 ? "greeter" : "milter-operated-filter")
      // The workers also get the signal, as when a service manager signals the whole service.
      for worker in workers { kill(worker, SIGUSR2) }
      process.signal(SIGUSR2)
      _ = try process.log.line(round) { $0 == "notice: all workers are replaced" }
      workers = try process.waitForWorkers(3, without: workers)
      let name = round % 2 == 1 ? "X-Seen-From" : "X-Settings"
      guard case .addheader(let found, _) = try header(address) else {
        Issue.record("no header")
        continue
      }
      #expect(found == bytes(name), "round \(round)")
    }
    load.waitForVerdicts(20)
    load.stop()
    #expect(load.losses == [])
    try process.stop()
  }

  @Test(arguments: ["#!/bin/sh\nexit 3\n", "no program"])
  func `A new program that does not start changes nothing`(text: String) throws {
    let process = try start(workers: 3)
    let address = try process.serve(with: 3)
    let workers = try process.waitForWorkers(3)
    let load = Load(address, connections: 6)
    load.waitForVerdicts(20)
    try text.write(toFile: directory.path + "/text", atomically: true, encoding: .utf8)
    try install(copyOf: directory.path + "/text")
    process.signal(SIGUSR2)
    _ = try process.log.line {
      $0.contains("ended with status 3 before it served") || $0.contains("cannot be started")
    }
    load.waitForVerdicts(20)
    #expect(try process.waitForWorkers(3) == workers)
    // A program that starts can still replace the workers later.
    try install("greeter")
    process.signal(SIGUSR2)
    _ = try process.log.line { $0 == "notice: all workers are replaced" }
    _ = try process.waitForWorkers(3, without: workers)
    load.waitForVerdicts(20)
    load.stop()
    #expect(load.losses == [])
    try process.stop()
  }

  @Test func `A session in progress ends with the worker it began with`() throws {
    let process = try start(workers: 2)
    let address = try process.serve(with: 2)
    let workers = try process.waitForWorkers(2)
    let mta = try TestMTA(address)
    try mta.greet()
    try mta.envelope(.data, .eoh)
    try install("greeter")
    process.signal(SIGUSR2)
    _ = try process.log.line { $0 == "notice: all workers are replaced" }
    #expect(
      try mta.ask(.endOfBody([])) == [
        .addheader(name: bytes("X-Settings"), value: bytes("none")), .accept,
      ])
    _ = try process.waitForWorkers(2, without: workers)
    try process.stop()
  }
}
