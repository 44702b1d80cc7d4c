import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Waits, in the thread that made it, for the signals that a server's process obeys.
///
/// As with libmilter they are blocked in all threads and one waits for them. No handler is
/// installed, so nothing runs in the middle of anything, and no program that a callback starts
/// inherits one.
final class SignalWaiter: Sendable {
  private static let signals = [SIGTERM, SIGHUP, SIGINT]
  private let former: sigset_t
  /// The waiting thread; nil when the wait is over.
  private let thread: Mutex<pthread_t?>

  /// Blocks the signals in the calling thread, and so in all that are started after it.
  init() {
    var set = Self.set()
    var former = sigset_t()
    pthread_sigmask(SIG_BLOCK, &set, &former)
    self.former = former
    thread = Mutex(pthread_self())
    // A peer that is gone is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
  }

  private static func set() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    return set
  }

  /// Passes on every signal until ``finish()`` is called; to be called by the thread that made this.
  func wait(_ received: (Int32) -> Void) {
    var set = Self.set()
    while thread.withLock({ $0 != nil }) {
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0, thread.withLock({ $0 != nil }) else { continue }
      received(number)
    }
    // What still waits would end the process as soon as it is unblocked.
    var pending = sigset_t()
    while sigpending(&pending) == 0,
      Self.signals.contains(where: { sigismember(&pending, $0) == 1 })
    {
      var number: Int32 = 0
      sigwait(&set, &number)
    }
    var former = former
    pthread_sigmask(SIG_SETMASK, &former, nil)
  }

  /// Ends the wait, from any thread.
  func finish() {
    thread.withLock { thread in
      guard let waiting = thread else { return }
      thread = nil
      pthread_kill(waiting, SIGTERM)
    }
  }
}
