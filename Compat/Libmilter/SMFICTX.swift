import MilterRuntime
import MilterSystem

/// A connection from an MTA, as an argument of callbacks and functions.
///
/// Functions may use it on any thread, at any time. After the connection has ended, every function returns
/// `MI_FAILURE`.
public final class SMFICTX {
  /// Guards all properties and the connection.
  private let lock = SystemLock()
  /// The filter's own data: `smfi_setpriv`.
  private var privateData: Any?
  /// The connection; `nil` after its end.
  private var context: Conversation?

  init(_ context: Conversation) {
    self.context = context
    context.lock = lock
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

  /// Calls `body` with the filter's data, even if the connection has ended.
  func withPrivateData<Result>(_ body: (inout Any?) -> Result) -> Result {
    lock.withLock { body(&privateData) }
  }

  /// Notes that the connection has ended.
  func detach() { lock.withLock { context = nil } }
}
