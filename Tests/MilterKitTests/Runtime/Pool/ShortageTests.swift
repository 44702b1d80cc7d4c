import MilterSystem
import Testing

@testable import MilterRuntime

/// A pool that cannot create threads.
@Suite struct ShortageTests {
  private final class NoWork: PoolWork {
    func serve(counting counters: ThreadCounters, receivingInto memory: PageMemory?) {}
  }

  @Test func `Each thread that the system does not give counts as an error of the system`() {
    let counters = ServerCounters()
    let pool = ThreadPool(
      // A stack of this size does not fit into the address space, so no thread can be created.
      limit: 4, stackSize: 1 << 50, signalMask: SignalMask.current, counters: counters,
      log: MilterLog { _, _ in })
    pool.run(NoWork())
    #expect(counters.snapshot.errors == [.system: 1])
  }
}
