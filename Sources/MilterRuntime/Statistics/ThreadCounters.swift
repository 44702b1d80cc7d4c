import MilterCore
import MilterSystem
import Synchronization

/// The counters of one thread of the pool.
///
/// Only that thread writes, so an addition is a load and a store, without a lock and without contention for
/// memory. Other threads may read at any time. The pool uses the counters to find threads that are stuck.
///
/// `@unchecked Sendable`: each counter is an atomic, and the memory exists as long as this object.
final class ThreadCounters: @unchecked Sendable {
  private let counters: UnsafeMutableBufferPointer<Atomic<Int>>
  /// The memory of the counters; `nil` if the system had no page left, and they are allocated like other objects.
  ///
  /// A block of 1 KB between those of the thread's connections would leave a hole that outlives the thread.
  private let memory: PageMemory?
  /// The number of times that the thread began or ended the work on the bytes that had arrived, or on the rest of
  /// a callback: odd during the work.
  private let turns = Atomic<UInt>(0)
  /// The value of `turns` at the pool's last check.
  private let turnsSeen = Atomic<UInt>(0)
  private let settled = Atomic<Bool>(false)
  private let state = ThreadState.ofThisThread

  /// Creates the counters of the calling thread.
  ///
  /// - Parameter timesCallbacks: Whether times are measured, whose counters need more than half of the memory.
  init(timesCallbacks: Bool) {
    let count = CounterLayout.count(timesCallbacks: timesCallbacks)
    memory = PageMemory(size: count * MemoryLayout<Atomic<Int>>.stride)
    counters = memory?.bytes.bindMemory(to: Atomic<Int>.self) ?? .allocate(capacity: count)
    for place in counters.indices { counters.initializeElement(at: place, to: Atomic(0)) }
  }

  deinit {
    counters.deinitialize()
    if memory == nil { counters.deallocate() }
  }

  // MARK: On the thread

  func add(_ amount: Int = 1, to single: CounterLayout.Single) { add(amount, at: single.rawValue) }

  /// Counts an error.
  func count(_ error: MilterStatistics.ErrorKind) { add(1, at: CounterLayout.place(of: error)) }

  /// Counts the answer of a callback.
  func count(_ callback: MilterCallback, _ status: MilterStatus) {
    add(1, at: CounterLayout.place(of: callback, status))
  }

  /// Counts the time of a callback in nanoseconds, if times are measured.
  func count(_ callback: MilterCallback, time: Int) {
    add(1, at: CounterLayout.place(of: callback, bucket: MilterHistogram.bucket(time)))
    add(time, at: CounterLayout.placeOfSum(callback))
  }

  /// Notes that the thread begins work that calls callbacks, unless it is in a turn.
  func beginTurn() { turns.store(turns.load(ordering: .relaxed) | 1, ordering: .relaxed) }

  /// Notes that the work has ended, if the thread is in a turn.
  func endTurn() {
    turns.store((turns.load(ordering: .relaxed) &+ 1) & ~1, ordering: .relaxed)
  }

  /// Whether the thread stays with a busy connection.
  var isSettled: Bool {
    get { settled.load(ordering: .relaxed) }
    set { settled.store(newValue, ordering: .relaxed) }
  }

  private func add(_ amount: Int, at place: Int) {
    let sum = counters[place].load(ordering: .relaxed) &+ amount
    counters[place].store(sum, ordering: .relaxed)
  }

  // MARK: On the thread that looks after the pool

  /// Whether the thread has been in the same turn since the last call.
  func isStuck() -> Bool {
    let now = turns.load(ordering: .relaxed)
    return turnsSeen.exchange(now, ordering: .relaxed) == now && now % 2 == 1
  }

  /// Whether the thread runs or waits for a processor.
  var isRunnable: Bool { state.isRunnable }

  // MARK: On any thread

  /// Adds the current values to sums with the same layout.
  func add(to sums: inout [Int]) {
    for place in counters.indices { sums[place] &+= counters[place].load(ordering: .relaxed) }
  }
}
