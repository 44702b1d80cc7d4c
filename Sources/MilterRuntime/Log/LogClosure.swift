import MilterPlatform

/// The record of the threads that run a log's closure.
///
/// The library waits for the closure, so the closure must not wait for the library.
enum LogClosure {
  /// Whether the calling thread runs a log's closure.
  static var isCurrent: Bool { pthread_getspecific(mark) != nil }

  /// Runs the closure of a log.
  static func run(_ body: () -> Void) {
    let former = pthread_getspecific(mark)
    pthread_setspecific(mark, UnsafeRawPointer(bitPattern: 1))
    body()
    pthread_setspecific(mark, former)
  }

  /// The key that has a value in threads that run a log's closure.
  private static let mark: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()
}
