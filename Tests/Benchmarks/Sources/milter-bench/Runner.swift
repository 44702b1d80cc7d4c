import CHost
import Foundation
import Glibc

/// Runs cases on targets in rounds; in each round, every target runs once.
struct Runner {
  let options: Options
  let targets: [Target]
  let counter: SyscallCounter?
  let placement: Placement

  /// Measures everything.
  func run(_ cases: [BenchCase]) throws -> Results {
    let work = cases.flatMap { one in
      one.transports.filter(options.transports.contains).map { (one, $0) }
    }
    let total = work.reduce(0) { sum, work in
      let turns = work.0.rounds(options.rounds) + (countsCalls(work.0) ? 1 : 0)
      return sum + targets(of: work.0).count * turns
    }
    let progress = ProgressLine(total: total)
    defer { progress.clear() }
    var results = Results(
      setting: .init(
        processors: ProcessInfo.processInfo.activeProcessorCount, isPinned: options.isPinned,
        rounds: options.rounds, seconds: options.seconds, isQuick: options.isQuick))
    for (one, transport) in work { results.rows += try measure(one, transport, progress) }
    return results
  }

  private func measure(
    _ one: BenchCase, _ transport: Transport, _ progress: ProgressLine
  ) throws -> [Row] {
    let targets = targets(of: one)
    var rounds: [TargetName: [Measurement]] = [:]
    var calls: [TargetName: Double] = [:]
    let what = "\(one.title), \(transport)"
    let count = one.rounds(options.rounds)
    for round in 0..<count {
      for target in rotated(targets, round) {
        progress.show(what, "round \(round + 1)/\(count), \(target.name.title)")
        let measurement = try explained(one, transport, target) {
          try measureOnce(one, transport, target)
        }
        rounds[target.name, default: []].append(measurement)
        progress.step()
      }
    }
    if countsCalls(one), let counter {
      for target in targets {
        progress.show(what, "system calls, \(target.name.title)")
        calls[target.name] = try explained(one, transport, target) {
          try countCalls(one, transport, target, counter)
        }
        progress.step()
      }
    }
    return targets.map { target in
      Row(one, transport, target.name, rounds, syscallsPerThousand: calls[target.name])
    }
  }

  private func targets(of one: BenchCase) -> [Target] {
    targets.filter { one.targets.contains($0.name) }
  }

  /// Returns the targets with another first one in each round, so that their order varies.
  private func rotated(_ targets: [Target], _ round: Int) -> [Target] {
    let start = round % max(1, targets.count)
    return Array(targets[start...] + targets[..<start])
  }

  private func countsCalls(_ one: BenchCase) -> Bool {
    guard counter != nil, case .timed = one.kind, one.point == nil else { return false }
    return !options.isQuick || one.name == "16"
  }

  private func explained<Result>(
    _ one: BenchCase, _ transport: Transport, _ target: Target, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      throw BenchError("\(target.name.title), case \(one.name) over \(transport): \(error)")
    }
  }

  func start(
    _ one: BenchCase, _ transport: Transport, _ target: Target
  ) throws -> RunningTarget {
    placement.takeTarget()
    defer { placement.takeGenerator() }
    return try RunningTarget(target, one.mode, transport)
  }

  private func measureOnce(
    _ one: BenchCase, _ transport: Transport, _ target: Target
  ) throws -> Measurement {
    let running = try start(one, transport, target)
    defer { running.stop() }
    do {
      switch one.kind {
      case .timed(let connections, let reconnects):
        return try timed(one, running, connections, reconnects)
      case .blocked(let connections): return try blocked(one, running, connections)
      case .mixed(let blocked, let fast): return try mixed(one, running, blocked, fast)
      case .waiting(let connections): return try waiting(one, running, connections)
      case .idle, .cooled: return try idle(one, running)
      }
    } catch {
      throw BenchError("\(error)\(running.logged)")
    }
  }
}
