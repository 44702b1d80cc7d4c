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
      if runsCallbacks { mark.set() }
      body()
    }
  }

  /// Whether the calling thread runs callbacks, so that it may be in the middle of one.
  static var isCurrent: Bool { mark.isSet }

  /// The mark of threads that run callbacks.
  private static let mark = ThreadMark()
}
