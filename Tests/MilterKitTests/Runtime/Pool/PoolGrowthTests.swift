import Testing

@testable import MilterRuntime

/// The number of threads that a pool may have.
@Suite struct PoolGrowthTests {
  /// Returns a measurement of a pool with all threads in callbacks that do not return.
  private func blocked(_ growth: PoolGrowth) -> PoolGrowth.Sight {
    PoolGrowth.Sight(threads: growth.allowed, stuck: growth.allowed)
  }

  @Test func `Callbacks that return allow no more threads, however long the queue is`() {
    var growth = PoolGrowth()
    growth.begin(taken: 0)
    for look in 1...100 {
      growth.look(at: .init(threads: PoolGrowth.prompt, stuck: 31, taken: look))
    }
    #expect(growth.allowed == PoolGrowth.prompt)
  }

  @Test func `At each check, blocking callbacks allow twice as many additional threads`() {
    var growth = PoolGrowth()
    growth.begin(taken: 0)
    var steps: [Int] = []
    for _ in 0..<11 {
      let before = growth.allowed
      growth.look(at: blocked(growth))
      steps.append(growth.allowed - before)
    }
    #expect(steps == [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 4096])
  }

  @Test func `A few returning callbacks do not hide that half of them block`() {
    var growth = PoolGrowth()
    growth.begin(taken: 0)
    growth.look(at: .init(threads: 64, stuck: 32, taken: 20))
    growth.look(at: .init(threads: 72, stuck: 36, taken: 40))
    #expect(growth.allowed == 72 + 16)
  }

  @Test func `Busy processors allow no more threads while callbacks return`() {
    var growth = PoolGrowth()
    growth.begin(taken: 0)
    for look in 1...100 {
      growth.look(at: .init(threads: 64, stuck: 64, taken: look / 2, isBusy: true))
    }
    #expect(growth.allowed == PoolGrowth.prompt)
  }

  @Test func `Busy processors delay new threads by at most three checks`() {
    var growth = PoolGrowth()
    growth.begin(taken: 5)
    var allowed: [Int] = []
    for _ in 0..<4 {
      growth.look(at: .init(threads: growth.allowed, stuck: growth.allowed, taken: 5, isBusy: true))
      allowed.append(growth.allowed)
    }
    #expect(allowed == [64, 64, 72, 88])
  }

  @Test func `Threads that are blocked outside callbacks allow more in the end`() {
    var growth = PoolGrowth()
    growth.begin(taken: 0)
    for _ in 0..<15 { growth.look(at: .init(threads: 64)) }
    #expect(growth.allowed == 64)
    growth.look(at: .init(threads: 64))
    #expect(growth.allowed == 96)
    for _ in 0..<16 { growth.look(at: .init(threads: 96)) }
    #expect(growth.allowed == 144)
  }

  @Test func `Steps start again with each queue`() {
    var growth = PoolGrowth()
    growth.begin(taken: 0)
    for _ in 0..<5 { growth.look(at: blocked(growth)) }
    let before = growth.allowed
    growth.begin(taken: 0)
    growth.look(at: blocked(growth))
    #expect(growth.allowed == before + 8)
  }

  @Test func `The limit falls when threads end`() {
    var growth = PoolGrowth()
    growth.begin(taken: 0)
    for _ in 0..<3 { growth.look(at: blocked(growth)) }
    #expect(growth.allowed == 120)
    growth.shrink(to: 100)
    #expect(growth.allowed == 100)
    growth.shrink(to: 3)
    #expect(growth.allowed == PoolGrowth.prompt)
  }
}
