import Foundation

/// Runs a body `count` times at once, each on a thread of its own, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  let running = DispatchGroup()
  for _ in 0..<count {
    running.enter()
    Thread.detachNewThread {
      body()
      running.leave()
    }
  }
  running.wait()
}
