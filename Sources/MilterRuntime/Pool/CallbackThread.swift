import MilterSystem

/// Starts a detached thread with a stack of a given size.
///
/// Dispatch's threads are not suitable for callbacks that block: there are few, and new ones start slowly.
enum CallbackThread {
  /// Starts a thread.
  ///
  /// - Parameters:
  ///   - stackSize: The size of the stack, in bytes.
  ///   - runsCallbacks: Whether ``isCurrent`` is `true` in the thread.
  ///   - body: The work of the thread.
  /// - Throws: ``ThreadError`` if the system has no thread left.
  static func start(
    stackSize: Int, runsCallbacks: Bool = true, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    try DetachedThread.start(stackSize: stackSize) {
      if runsCallbacks { mark.set() }
      body()
    }
  }

  /// Whether the calling thread runs callbacks, and so may be inside of one.
  static var isCurrent: Bool { mark.isSet }

  /// The mark of threads that run callbacks.
  private static let mark = ThreadMark()
}
