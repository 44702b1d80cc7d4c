import MilterPlatform

/// Detached threads with a given stack size.
package enum DetachedThread {
  /// Starts a thread.
  ///
  /// The corresponding C function is `pthread_create`.
  ///
  /// - Parameters:
  ///   - stackSize: The size of the stack, in bytes.
  ///   - body: The work of the thread.
  /// - Throws: ``ThreadError`` if the system has no thread left.
  package static func start(
    stackSize: Int, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    // Not initialized as a Swift value, because the module with its initializer depends on the imports of other
    // files.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    try check(pthread_attr_init(attributes))
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
    try check(result)
  }

  private static func check(_ result: Int32) throws(ThreadError) {
    guard result == 0 else { throw ThreadError(Errno(rawValue: result)) }
  }

  private final class Box: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  #if canImport(Darwin)
    private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? =
      { argument in
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }
  #else
    private static let entry:
      @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }
  #endif
}
