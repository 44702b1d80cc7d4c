import MilterPlatform
import MilterSystem

/// Starts a detached thread with a stack of its own size.
///
/// Dispatch's threads are not for callbacks that block: there are few, and more come slowly.
enum WorkerThread {
  /// Starts a thread.
  ///
  /// - Parameters:
  ///   - stackSize: the size of its stack, in bytes.
  ///   - runsCallbacks: whether ``isCurrent`` is true in the thread.
  ///   - body: what it does.
  /// - Throws: ``SocketError`` if the system has no thread to give.
  static func start(
    stackSize: Int, runsCallbacks: Bool = true, _ body: @escaping @Sendable () -> Void
  ) throws(SocketError) {
    try DetachedThread.start(stackSize: stackSize) {
      if runsCallbacks { pthread_setspecific(mark, UnsafeRawPointer(bitPattern: 1)) }
      body()
    }
  }

  /// Whether the calling thread runs callbacks, so that it may be in the middle of one.
  static var isCurrent: Bool { pthread_getspecific(mark) != nil }

  /// Has a value, whatever it is, in threads that run callbacks.
  private static let mark: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()
}
