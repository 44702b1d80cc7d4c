import Foundation
import MilterProcessFixtures
import MilterRandomFixtures
import Synchronization

/// Plays the same sessions to both libraries, and collects the differences.
final class Comparison: Sendable {
  /// The result of all sessions so far.
  struct Result: Sendable {
    var sessions = 0
    var kinds: [String: Int] = [:]
    /// The number of expected differences, by their name.
    var explained: [KnownDifference.ID: Int] = [:]
    /// The unexpected differences as text.
    var reports: [String] = []
    /// The errors that prevented sessions.
    var failures: [String] = []
  }

  private let build: FilterBuild
  private let state = Mutex(Result())
  /// The number of sessions that one pair of processes plays.
  private static let blockSize = 100
  /// The number of pairs of processes at work; most of the time, a pair waits.
  private static let width = 6
  /// The number of differences after which the comparison stops.
  private static let enough = 20

  init(_ build: FilterBuild) {
    self.build = build
  }

  var result: Result { state.withLock { $0 } }

  /// Plays a number of sessions that follow from one seed.
  func run(seed: UInt64, sessions: Int) {
    let blocks = stride(from: 0, to: sessions, by: Self.blockSize).map {
      (number: $0 / Self.blockSize, count: min(Self.blockSize, sessions - $0))
    }
    let next = Atomic<Int>(0)
    let group = DispatchGroup()
    for _ in 0..<min(Self.width, blocks.count) {
      group.enter()
      // The sessions have threads of their own, because their calls block: they must not hold up
      // the thread pool that runs the tests.
      Thread {
        defer { group.leave() }
        while true {
          let index = next.add(1, ordering: .relaxed).oldValue
          guard index < blocks.count else { return }
          self.play(blocks[index].number, blocks[index].count, seed)
        }
      }.start()
    }
    group.wait()
  }

  /// Plays one session by its seed.
  func replay(_ seed: UInt64) {
    attempt { try play([seed], Variant(number: Int(seed >> 56) % Variant.count)) }
  }

  private func play(_ block: Int, _ count: Int, _ seed: UInt64) {
    var random = SplitMix64(seed: seed &+ UInt64(block) &* 0x1_0000_0001)
    let number = UInt64(random.below(Variant.count))
    let seeds = (0..<count).map { _ in number << 56 | random.next() >> 8 }
    attempt { try play(seeds, Variant(number: Int(number))) }
  }

  private func play(_ seeds: [UInt64], _ variant: Variant) throws {
    let original = try SessionPlayer(build.program, .original, variant)
    let ours = try SessionPlayer(build.program, build.candidate, variant)
    var (start, other) = (original.start, ours.start)
    (start.libraryPath, other.libraryPath) = ("", "")
    if start != other { throw HarnessError("at the start: \(start), ours: \(other)") }
    for seed in seeds {
      if state.withLock({ $0.reports.count + $0.failures.count }) >= Self.enough { return }
      let session = SessionGenerator.session(seed: seed)
      note(session, try original.play(session), try ours.play(session))
    }
  }

  private func note(_ session: Session, _ original: Outcome, _ ours: Outcome) {
    let parting = Parting(original, ours)
    let known = parting.flatMap { KnownDifference.explaining($0, in: session) }
    let isWrong = parting != nil && known == nil || original.isHung || ours.isHung
    let report = isWrong ? Report(session: session, original: original, ours: ours).text : nil
    state.withLock { result in
      result.sessions += 1
      result.kinds[session.kind, default: 0] += 1
      if let known { result.explained[known.id, default: 0] += 1 }
      if let report { result.reports.append(report) }
    }
  }

  private func attempt(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      state.withLock { $0.failures.append("\(error)") }
    }
  }
}
