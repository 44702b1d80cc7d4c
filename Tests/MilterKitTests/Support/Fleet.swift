import Foundation
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Synchronization
import Testing

@testable import MilterRuntime

/// A supervisor's workers as shell scripts of a test, with a clock that the test sets.
final class Fleet {
  private let directory: ScratchDirectory
  private let readiness: Readiness
  let log = Journal()
  var fleet: WorkerFleet

  /// The script of a worker that serves and reads no command.
  static let serving = "echo ready >&4; exec cat <&4 >/dev/null"

  /// Creates the workers' places.
  ///
  /// - Parameters:
  ///   - count: The number of workers.
  ///   - script: The script of each worker; descriptor 4 is its channel, and `$0` its file.
  ///   - settings: The settings that the supervisor reads when it reloads.
  /// - Throws: An error if the socket cannot be opened.
  init(
    _ count: Int = 1, script: String = Fleet.serving,
    settings: (@Sendable () throws -> MilterConfiguration)? = nil
  ) throws {
    directory = try ScratchDirectory()
    readiness = try Readiness()
    var configuration = MilterConfiguration()
    configuration.log = MilterLog(level: .debug) { [log] level, line in
      log.note("\(level): \(line)")
    }
    configuration.log.threshold = LogThreshold(.debug)
    let sockets = try OpenSockets([SocketSpec("unix:\(directory.path)/s")], configuration)
    let path = try directory.write(script + "\n", to: "worker")
    fleet = WorkerFleet(
      SupervisorPlan(
        program: "/bin/sh", arguments: ["sh", path], count: count, name: "fleet",
        settings: settings),
      sockets, readiness, log: configuration.log, drain: configuration.drain,
      signalMask: SignalMask.current, tell: { _ in })
  }

  deinit {
    for process in fleet.processes.values {
      process.child.signal(.kill)
      _ = process.child.waitForEnd()
    }
  }

  /// Sets the script of workers that are started later.
  func script(_ text: String) throws { try directory.write(text + "\n", to: "worker") }

  /// Processes the workers' messages until a condition holds.
  func run(until subject: String, _ isSo: (borrowing WorkerFleet) -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(300)
    while !isSo(fleet) {
      guard ContinuousClock.now < deadline else { throw HarnessError("waiting for \(subject)") }
      var turns: [Int] = []
      _ = readiness.take(milliseconds: 100) { turns.append($0) }
      for turn in turns { fleet.received(from: turn) }
    }
  }

  /// Starts all workers, and waits until they serve.
  func begin() throws {
    fleet.begin()
    try run(until: "the workers") { $0.phase == .serving }
  }

  /// Kills a worker, and waits until the fleet has noticed its end.
  func kill(_ turn: Int) throws {
    fleet.processes[turn]?.child.signal(.kill)
    try run(until: "the end of \(turn)") { $0.processes[turn] == nil }
  }

  /// Ends the pauses before workers are started again.
  func endPauses() {
    for slot in fleet.slots.indices where fleet.slots[slot].startAt != nil {
      fleet.slots[slot].startAt = 0
    }
    fleet.tick()
  }
}
