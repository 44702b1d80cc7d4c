#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Starts a detached thread with a stack of its own size.
///
/// Dispatch's threads are not for callbacks that block: there are few, and more come slowly.
enum WorkerThread {
  /// - Returns: whether the system had a thread to give.
  static func start(stackSize: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
    // Not initialized as a Swift value: which module has its initializer depends on the imports of
    // other files.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    guard pthread_attr_init(attributes) == 0 else { return false }
    defer { pthread_attr_destroy(attributes) }
    pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(attributes, max(stackSize, 64 * 1024))
    let box = Unmanaged.passRetained(Box(body))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let result = pthread_create(&thread, attributes, entry, box.toOpaque())
    if result != 0 { box.release() }
    return result == 0
  }

  /// Whether the calling thread was started here, so that it may be in the middle of a callback.
  static var isCurrent: Bool { pthread_getspecific(mark) != nil }

  /// Has a value, whatever it is, in threads started here.
  private static let mark: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
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
    pthread_setspecific(mark, argument)
    Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
  }
}
