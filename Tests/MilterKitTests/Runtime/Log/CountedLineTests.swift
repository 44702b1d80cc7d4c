import Dispatch
import MilterFilterFixtures
import Synchronization
import Testing

@testable import MilterKit
@testable import MilterRuntime

@Suite struct CountedLineTests {
  /// A clock that a test advances.
  private final class Clock: Sendable {
    private let now = Atomic<UInt64>(1_000_000_000_000)
    var nanoseconds: UInt64 { now.load(ordering: .relaxed) }
    func move(seconds: UInt64) { now.add(seconds * 1_000_000_000, ordering: .relaxed) }
  }

  private let clock = Clock()
  private let journal = Journal()

  private func line(_ level: MilterLogLevel = .notice) -> CountedLine {
    let log = MilterLog(level: .notice) { [journal] in journal.note("\($0.name): \($1)") }
    return CountedLine(log, level, every: .seconds(60), clock: { [clock] in clock.nanoseconds }) {
      "\($0) probes"
    }
  }

  @Test func `Ten thousand events of many threads are one line`() {
    let line = line()
    DispatchQueue.concurrentPerform(iterations: 10_000) { _ in line.count() }
    #expect(journal.all == [])
    line.writeNow()
    #expect(journal.all == ["notice: 10000 probes within 1 s"])
    line.writeNow()
    #expect(journal.all.count == 1)
  }

  @Test func `An interval is reported at the next event`() {
    let line = line()
    line.count("first")
    clock.move(seconds: 59)
    line.count("second")
    #expect(journal.all == [])
    clock.move(seconds: 1)
    line.count("third")
    #expect(journal.all == ["notice: 2 probes within 61 s; the first: first"])
    line.writeNow()
    #expect(journal.all.last == "notice: 1 probes within 1 s; the first: third")
  }

  @Test func `An interval is reported when somebody reads the clock`() {
    let line = line()
    line.writeIfDue()
    line.count()
    line.writeIfDue()
    #expect(journal.all == [])
    clock.move(seconds: 60)
    line.writeIfDue()
    line.writeIfDue()
    #expect(journal.all == ["notice: 1 probes within 61 s"])
  }

  @Test func `Nothing is kept for a level that is not written`() {
    let line = line(.debug)
    line.count({ () -> String in fatalError("nobody reads it") }())
    line.writeNow()
    #expect(journal.all == [])
  }
}
