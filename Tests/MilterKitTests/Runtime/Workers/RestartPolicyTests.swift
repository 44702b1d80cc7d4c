import Testing

@testable import MilterRuntime

/// The times at which an ended worker is started again.
@Suite struct RestartPolicyTests {
  private func pauses(_ decisions: [RestartPolicy.Decision]) -> [Int] {
    decisions.map { if case .start(let pause) = $0 { pause.milliseconds } else { -1 } }
  }

  @Test func `The first crash restarts at once, the next ones after doubling pauses`() {
    var policy = RestartPolicy()
    let decisions = (1...12).map { _ in policy.crashed(after: .seconds(59)) }
    #expect(
      pauses(decisions) == [
        0, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000,
      ])
  }

  @Test func `A worker that has run for a minute restarts at once`() {
    var policy = RestartPolicy()
    for _ in 1...4 { _ = policy.crashed(after: .zero) }
    let decisions = [Duration.seconds(60), .zero, .zero].map { policy.crashed(after: $0) }
    #expect(pauses(decisions) == [0, 100, 200])
  }

  @Test func `Failures at the start are retried for half a minute`() {
    var policy = RestartPolicy()
    let pauses = pauses((1...7).map { _ in policy.failedToStart() })
    #expect(pauses == [500, 1000, 2000, 4000, 8000, 16_000, -1])
    #expect(pauses.dropLast().reduce(0, +) >= 30_000)
  }

  @Test func `A worker that has served may fail as often again`() {
    var policy = RestartPolicy()
    for _ in 1...6 { _ = policy.failedToStart() }
    _ = policy.crashed(after: .zero)
    #expect(policy.failedToStart() == .start(after: .milliseconds(500)))
  }

  @Test func `No number of crashes is too large`() {
    var policy = RestartPolicy()
    for _ in 1...10_000 { _ = policy.crashed(after: .zero) }
    #expect(policy.crashed(after: .zero) == .start(after: .seconds(30)))
  }
}
