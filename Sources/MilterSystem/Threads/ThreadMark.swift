import MilterPlatform

/// A mark that threads can have.
///
/// The corresponding C functions are `pthread_setspecific` and `pthread_getspecific`.
package struct ThreadMark: Sendable {
  private let key: pthread_key_t

  /// Creates a mark that no thread has; its key is never released.
  package init() {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0, "the process has no thread-specific key left")
    self.key = key
  }

  /// Whether the calling thread has the mark.
  package var isSet: Bool { pthread_getspecific(key) != nil }

  /// Sets or removes the mark of the calling thread.
  package func set(_ isSet: Bool = true) {
    pthread_setspecific(key, isSet ? UnsafeRawPointer(bitPattern: 1) : nil)
  }
}
