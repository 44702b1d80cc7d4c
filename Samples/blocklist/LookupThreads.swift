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
    var waiting: [@Sendable () -> Void] = []
  }
  private let state: Mutex<State>
  private let mostWaiting: Int

  /// Makes threads.
  ///
  /// - Parameters:
  ///   - count: the number of threads.
  ///   - mostWaiting: the most calls that wait for a thread.
  init(count: Int, mostWaiting: Int) {
    self.mostWaiting = mostWaiting
    state = Mutex(State(free: (0..<count).map { DispatchQueue(label: "lookup \($0)") }))
  }

  /// Calls a function on one of the threads, as soon as one is free.
  ///
  /// - Returns: `false` if too many wait already; the function is not called then.
  func run(_ body: @escaping @Sendable () -> Void) -> Bool {
    enum Place {
      case queue(DispatchQueue)
      case line
      case none
    }
    let place = state.withLock { state -> Place in
      if let queue = state.free.popLast() { return .queue(queue) }
      guard state.waiting.count < mostWaiting else { return .none }
      state.waiting.append(body)
      return .line
    }
    switch place {
    case .queue(let queue): queue.async { [self] in work(body, queue) }
    case .line: break
    case .none: return false
    }
    return true
  }

  private func work(_ first: @Sendable () -> Void, _ queue: DispatchQueue) {
    first()
    while true {
      let next = state.withLock { state -> (@Sendable () -> Void)? in
        if state.waiting.isEmpty {
          state.free.append(queue)
          return nil
        }
        return state.waiting.removeFirst()
      }
      guard let next else { return }
      next()
    }
  }
}
