#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The signals that a thread has blocked.
struct SignalMask: Sendable {
  private var set = sigset_t()

  /// Those of the calling thread.
  static var current: SignalMask {
    var mask = SignalMask()
    pthread_sigmask(SIG_SETMASK, nil, &mask.set)
    return mask
  }

  /// Blocks just these in the calling thread.
  func apply() {
    var set = set
    pthread_sigmask(SIG_SETMASK, &set, nil)
  }
}
