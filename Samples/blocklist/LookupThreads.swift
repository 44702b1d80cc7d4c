import Dispatch
import Synchronization

/// A limited number of threads for functions that block.
///
/// Neither the server's threads nor Swift's are held by a DNS server that does not answer.
final class LookupThreads: Sendable {
  private struct State {
    /// Queues without work.
    ///
    /// Each has a thread of its own while it has some.
    var free: [DispatchQueue]
    var waiting: [Call] = []
    /// How many threads each zone's look-ups have.
    var busy: [String: Int] = [:]
  }
  private struct Call {
    let zone: String
    let body: @Sendable () -> Void
  }
  private let state: Mutex<State>
  private let mostWaiting: Int
  /// The most threads of one zone, whose servers may all be silent.
  private let share: Int

  /// Makes threads.
  ///
  /// - Parameters:
  ///   - count: the number of threads.
  ///   - mostWaiting: the most calls that wait for a thread.
  init(count: Int, mostWaiting: Int) {
    self.mostWaiting = mostWaiting
    share = max(1, count / 2)
    state = Mutex(State(free: (0..<count).map { DispatchQueue(label: "lookup \($0)") }))
  }

  /// Calls a function on one of the threads, as soon as one is free.
  ///
  /// - Parameters:
  ///   - zone: what the function asks; one zone has half of the threads at most.
  ///   - body: the function.
  /// - Returns: `false` if too many wait already; the function is not called then.
  func run(for zone: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    enum Place {
      case queue(DispatchQueue)
      case line
      case none
    }
    let place = state.withLock { state -> Place in
      if state.busy[zone, default: 0] < share, let queue = state.free.popLast() {
        state.busy[zone, default: 0] += 1
        return .queue(queue)
      }
      guard state.waiting.count < mostWaiting else { return .none }
      state.waiting.append(Call(zone: zone, body: body))
      return .line
    }
    switch place {
    case .queue(let queue): queue.async { [self] in work(Call(zone: zone, body: body), queue) }
    case .line: break
    case .none: return false
    }
    return true
  }

  private func work(_ first: Call, _ queue: DispatchQueue) {
    var call = first
    while true {
      call.body()
      let done = call.zone
      let next = state.withLock { state -> Call? in
        let busy = state.busy[done, default: 1] - 1
        state.busy[done] = busy == 0 ? nil : busy
        let index = state.waiting.firstIndex { state.busy[$0.zone, default: 0] < share }
        guard let index else {
          state.free.append(queue)
          return nil
        }
        let next = state.waiting.remove(at: index)
        state.busy[next.zone, default: 0] += 1
        return next
      }
      guard let next else { return }
      call = next
    }
  }
}
