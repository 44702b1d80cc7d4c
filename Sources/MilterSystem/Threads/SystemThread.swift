import MilterPlatform

/// A thread of this process.
package struct SystemThread: Sendable {
  private let thread: pthread_t

  /// The calling thread.
  ///
  /// The corresponding C function is `pthread_self`.
  package static var current: SystemThread { SystemThread(thread: pthread_self()) }

  /// Sends a signal to the thread, which must not have ended.
  ///
  /// The corresponding C function is `pthread_kill`.
  package func send(_ signal: Signal) { pthread_kill(thread, signal.rawValue) }

  /// Suspends the calling thread; a signal may end the wait early.
  ///
  /// The corresponding C function is `usleep`.
  package static func sleep(milliseconds: Int) { Syscalls.nap(milliseconds: milliseconds) }
}
