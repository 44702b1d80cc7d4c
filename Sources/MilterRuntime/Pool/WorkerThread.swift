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
    // Not initialized as a Swift value: which module has its initializer depends on the imports of
    // other files.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    try check(pthread_attr_init(attributes))
    defer { pthread_attr_destroy(attributes) }
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(attributes, max(stackSize, 64 * 1024))
    let box = Unmanaged.passRetained(Box(body, runsCallbacks: runsCallbacks))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let result = pthread_create(&thread, attributes, entry, box.toOpaque())
    if result != 0 { box.release() }
    try check(result)
  }

  private static func check(_ result: Int32) throws(SocketError) {
    guard result != 0 else { return }
    let reason = Errno(rawValue: result)
    throw SocketError(
      .systemCall, "the system gives no more threads: \(reason)", underlying: reason)
  }

  /// Whether the calling thread runs callbacks, so that it may be in the middle of one.
  static var isCurrent: Bool { pthread_getspecific(mark) != nil }

  /// Has a value, whatever it is, in threads that run callbacks.
  private static let mark: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    let runsCallbacks: Bool

    init(_ body: @escaping @Sendable () -> Void, runsCallbacks: Bool) {
      self.body = body
      self.runsCallbacks = runsCallbacks
    }
  }

  #if canImport(Darwin)
    private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? =
      { argument in
        run(argument)
        return nil
      }
  #else
    private static let entry:
      @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        if let argument { run(argument) }
        return nil
      }
  #endif

  private static func run(_ argument: UnsafeMutableRawPointer) {
    let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
    if box.runsCallbacks { pthread_setspecific(mark, argument) }
    box.body()
  }
}
