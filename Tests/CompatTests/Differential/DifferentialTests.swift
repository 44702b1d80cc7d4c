import Foundation
import Testing

/// A comparison of our drop-in library with Sendmail's: the same filter and sessions, and the same
/// bytes.
///
/// `SWIFT_MILTER_DIFF_SESSIONS` and `SWIFT_MILTER_DIFF_SEED` choose the number and the seed,
/// `SWIFT_MILTER_DIFF_REPLAY` plays the one session that a report named.
@Suite(.needsOriginal, .timeLimit(.minutes(120)))
struct DifferentialTests {
  private static func setting(_ name: String) -> String? {
    ProcessInfo.processInfo.environment["SWIFT_MILTER_DIFF_\(name)"].flatMap {
      $0.isEmpty ? nil : $0
    }
  }

  private static let replay = setting("REPLAY").flatMap { UInt64($0, radix: 16) }
  private static let usualSessions = 2000
  private static let sessions = setting("SESSIONS").flatMap { Int($0) } ?? usualSessions

  /// A constant seed, and one that is new in each run; a given seed replaces both.
  ///
  /// With the constant seed, a new failure is due to a change of the library. The new seed tests
  /// other sessions in each run.
  private static let seeds: [UInt64] =
    setting("SEED").flatMap { UInt64($0) }.map { [$0] }
    ?? [1, UInt64.random(in: 2...0xffff_ffff)]

  /// The known differences that the sessions of seed 1 show in each run.
  ///
  /// The sessions do not show the others, or the original's behavior depends on its memory and
  /// clock.
  private static let met: Set<KnownDifference.ID> = [
    .quitNewConnection, .unknownInMessage, .verdictInFinalBody,
  ]

  @Test(.enabled(if: replay == nil, "SWIFT_MILTER_DIFF_REPLAY names one session"), arguments: seeds)
  func `Same outcome in random sessions`(seed: UInt64) throws {
    let comparison = Comparison(try FilterBuild.shared.get())
    let clock = ContinuousClock()
    let time = clock.measure { comparison.run(seed: seed, sessions: Self.sessions) }
    report(comparison.result, "seed \(seed), \(time)")
    if seed == 1, Self.sessions >= Self.usualSessions {
      #expect(Self.met.subtracting(comparison.result.explained.keys) == [], "no longer differences")
    }
  }

  @Test(.enabled(if: replay != nil, "SWIFT_MILTER_DIFF_REPLAY names no session"))
  func `Same outcome in one session`() throws {
    let comparison = Comparison(try FilterBuild.shared.get())
    comparison.replay(Self.replay ?? 0)
    report(comparison.result, "replayed")
  }

  private func report(_ result: Comparison.Result, _ title: String) {
    let kinds = result.kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    let known = result.explained.map { "\($0.value) times \($0.key)" }.sorted()
    print(
      "differential test: \(title): \(result.sessions) sessions:", kinds.joined(separator: ", "))
    print("  explained differences:", known.isEmpty ? "none" : known.joined(separator: ", "))
    for failure in result.failures { Issue.record("not played: \(failure)") }
    for text in result.reports { Issue.record("\(text)") }
  }
}
