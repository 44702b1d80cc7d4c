import MilterPlatform

/// A reference to an object that a thread has while it runs a closure.
///
/// The corresponding C functions are `pthread_setspecific` and `pthread_getspecific`.
package struct ThreadReference<Object: AnyObject>: Sendable {
  private let key: pthread_key_t

  /// Creates a reference that no thread has; its key is never released.
  package init() {
    var key = pthread_key_t()
    precondition(pthread_key_create(&key, nil) == 0, "the process has no thread-specific key left")
    self.key = key
  }

  /// The object of the calling thread; `nil` outside of ``withObject(_:_:)``.
  package var object: Object? {
    // The caller of withObject() retains the object.
    pthread_getspecific(key).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
  }

  /// Gives the calling thread an object while it runs `body`.
  package func withObject<Result>(_ object: Object, _ body: () -> Result) -> Result {
    let previous = pthread_getspecific(key)
    pthread_setspecific(key, Unmanaged.passUnretained(object).toOpaque())
    defer { pthread_setspecific(key, previous) }
    return withExtendedLifetime(object, body)
  }
}
