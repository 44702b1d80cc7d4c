import Testing

@testable import MilterKit

/// How many threads a pool may have.
@Suite struct PoolGrowthTests {
  @Test func `threads that get free allow no more of them`() {
    var growth = PoolGrowth()
    #expect(growth.begin())
    #expect(!growth.begin())
    for _ in 0..<100 {
      growth.noteProgress()
      growth.look(at: PoolGrowth.prompt)
    }
    #expect(growth.allowed == PoolGrowth.prompt)
  }

  @Test func `threads that are blocked allow twice as many more each time`() {
    var growth = PoolGrowth()
    _ = growth.begin()
    growth.look(at: 64)
    #expect(growth.allowed == 64, "the first look only begins to watch")
    var steps: [Int] = []
    for _ in 0..<7 {
      let before = growth.allowed
      growth.look(at: before)
      steps.append(growth.allowed - before)
    }
    #expect(steps == [16, 32, 64, 128, 256, 512, 1024])
  }

  @Test func `a pool that is blocked for long does not overflow`() {
    var growth = PoolGrowth()
    _ = growth.begin()
    for _ in 0..<1000 { growth.look(at: 100) }
    #expect(growth.allowed == 100 + 4096)
  }

  @Test func `what was allowed ends with the threads`() {
    var growth = PoolGrowth()
    _ = growth.begin()
    for _ in 0..<3 { growth.look(at: growth.allowed) }
    #expect(growth.allowed == 112)
    growth.shrink(to: 100)
    #expect(growth.allowed == 100)
    growth.shrink(to: 3)
    #expect(growth.allowed == PoolGrowth.prompt)
  }
}
