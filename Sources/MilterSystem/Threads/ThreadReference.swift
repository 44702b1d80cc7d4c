/// A reference to an object that a thread has while it runs a closure.
package struct ThreadReference<Object: AnyObject>: Sendable {
  private let key = ThreadKey()

  /// Creates a reference that no thread has; its key is never released.
  package init() {}

  /// The object of the calling thread; `nil` outside of ``withObject(_:_:)``.
  package var object: Object? {
    // The caller of withObject() retains the object.
    key.pointer.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
  }

  /// Gives the calling thread an object while it runs `body`.
  package func withObject<Result>(_ object: Object, _ body: () -> Result) -> Result {
    let previous = key.pointer
    key.pointer = Unmanaged.passUnretained(object).toOpaque()
    defer { key.pointer = previous }
    return withExtendedLifetime(object, body)
  }
}
