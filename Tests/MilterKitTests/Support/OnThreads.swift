import Foundation

/// Runs a body on `count` threads at once, and waits for all.
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
