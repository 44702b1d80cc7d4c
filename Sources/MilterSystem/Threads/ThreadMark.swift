/// A mark that threads can have.
package struct ThreadMark: Sendable {
  private let key = ThreadKey()

  /// Creates a mark that no thread has; its key is never released.
  package init() {}

  /// Whether the calling thread has the mark.
  package var isSet: Bool { key.pointer != nil }

  /// Sets or removes the mark of the calling thread.
  package func set(_ isSet: Bool = true) {
    key.pointer = isSet ? UnsafeMutableRawPointer(bitPattern: 1) : nil
  }
}
