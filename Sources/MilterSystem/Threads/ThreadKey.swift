import MilterPlatform

/// A pointer of each thread, which is `nil` at first.
///
/// The corresponding C functions are `pthread_setspecific` and `pthread_getspecific`.
struct ThreadKey: Sendable {
  private let key: pthread_key_t

  /// Creates a key, which is never released.
  init() {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0, "the process has no thread-specific key left")
    self.key = key
  }

  /// The pointer of the calling thread.
  var pointer: UnsafeMutableRawPointer? {
    get { pthread_getspecific(key) }
    nonmutating set { pthread_setspecific(key, newValue) }
  }
}
