import MilterRuntime
import MilterSystem

/// A connection from an MTA, as an argument of callbacks and functions.
///
/// Functions may use it on any thread, at any time. After the connection has ended, every function returns
/// `MI_FAILURE`.
public final class SMFICTX {
  /// Guards all properties and the connection.
  private let lock = SystemLock()
  /// The filter's own data, until the connection ends: `smfi_setpriv`.
  private var privateData: Any?
  /// The connection; `nil` after its end.
  private var context: Conversation?

  init(_ context: Conversation) {
    self.context = context
    context.use(lock)
  }

  /// Calls `body` with the connection, while no other thread uses it.
  ///
  /// - Returns: The result of `body`; `nil` if the connection has ended.
  func withConnection<Result>(_ body: (Conversation) throws -> Result) rethrows -> Result? {
    try lock.withLock {
      guard let context else { return nil }
      return try body(context)
    }
  }

  /// The value that the filter keeps.
  var data: Any? { lock.withLock { privateData } }

  /// Keeps another value.
  ///
  /// - Returns: Whether the connection is still there.
  func keep(_ data: Any?) -> Bool {
    // The previous value is released after the lock.
    var data = data
    return lock.withLock {
      guard context != nil else { return false }
      swap(&privateData, &data)
      return true
    }
  }

  /// Notes that the connection has ended.
  func detach() {
    _ = keep(nil)
    lock.withLock { context = nil }
  }
}
