import Dispatch
import Synchronization

/// A limited number of threads for functions that block.
///
/// So a DNS server that does not answer blocks none of the filter's threads, and none of Swift's.
final class LookupThreads: Sendable {
  private struct State {
    /// The queues without work.
    ///
    /// A queue with work has one thread.
    var free: [DispatchQueue]
    var waiting: [Call] = []
    /// The number of threads that work for each zone.
    var busy: [String: Int] = [:]
  }
  private struct Call {
    let zone: String
    let body: @Sendable () -> Void
  }
  private let state: Mutex<State>
  private let maxWaiting: Int
  /// The maximum number of threads for one zone, because all of its servers may be silent.
  private let share: Int

  /// Creates threads.
  ///
  /// - Parameters:
  ///   - count: The number of threads.
  ///   - maxWaiting: The maximum number of calls that wait for a thread.
  init(count: Int, maxWaiting: Int) {
    self.maxWaiting = maxWaiting
    share = max(1, count / 2)
    state = Mutex(State(free: (0..<count).map { DispatchQueue(label: "lookup \($0)") }))
  }

  /// Calls a function on one of the threads, as soon as one is free.
  ///
  /// - Parameters:
  ///   - zone: The list's zone. A list has at most half of the threads.
  ///   - body: The function.
  /// - Returns: `false` if too many calls are already waiting; the function is then not called.
  func run(for zone: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    let call = Call(zone: zone, body: body)
    switch place(call) {
    case .queue(let queue):
      queue.async { [self] in work(call, queue) }
      return true
    case .line: return true
    case .refused: return false
    }
  }

  /// The place for a new call.
  private enum Place {
    /// To a queue that was free.
    case queue(DispatchQueue)
    /// To the end of the queue of waiting calls.
    case line
    /// Nowhere, because too many calls are waiting.
    case refused
  }

  private func place(_ call: Call) -> Place {
    state.withLock { state in
      if state.busy[call.zone, default: 0] < share, let queue = state.free.popLast() {
        state.busy[call.zone, default: 0] += 1
        return .queue(queue)
      }
      guard state.waiting.count < maxWaiting else { return .refused }
      state.waiting.append(call)
      return .line
    }
  }

  /// Makes a call, and then the calls that have waited for a thread.
  private func work(_ first: Call, _ queue: DispatchQueue) {
    var call = first
    while true {
      call.body()
      guard let next = next(after: call, queue) else { return }
      call = next
    }
  }

  /// Ends a call, and returns the next one that may start; without one, it returns `nil` and frees the queue.
  private func next(after done: Call, _ queue: DispatchQueue) -> Call? {
    state.withLock { state in
      let busy = state.busy[done.zone, default: 1] - 1
      state.busy[done.zone] = busy == 0 ? nil : busy
      let index = state.waiting.firstIndex { state.busy[$0.zone, default: 0] < share }
      guard let index else {
        state.free.append(queue)
        return nil
      }
      let next = state.waiting.remove(at: index)
      state.busy[next.zone, default: 0] += 1
      return next
    }
  }
}
