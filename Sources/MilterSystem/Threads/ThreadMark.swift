import MilterPlatform

/// A mark that each thread has or does not have.
///
/// The corresponding C functions are `pthread_setspecific` and `pthread_getspecific`.
package struct ThreadMark: Sendable {
  private let key: pthread_key_t

  /// Makes a mark that no thread has; it is never given back.
  package init() {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    self.key = key
  }

  /// Whether the calling thread has the mark.
  package var isSet: Bool { pthread_getspecific(key) != nil }

  /// Gives the mark to the calling thread, or takes it away.
  package func set(_ isSet: Bool = true) {
    pthread_setspecific(key, isSet ? UnsafeRawPointer(bitPattern: 1) : nil)
  }
}
