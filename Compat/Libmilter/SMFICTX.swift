import MilterRuntime
import MilterSystem

/// One connection from an MTA, as callbacks and functions name it.
///
/// Functions may be called with it on any thread, at any time. A filter that keeps it longer than the
/// connection lasts gets `MI_FAILURE` from every function.
public final class SMFICTX {
  /// Guards all of this, and the connection.
  private let lock = SystemLock()
  /// The filter's own data: `smfi_setpriv`.
  private var privateData: Any?
  /// The connection; nil when it is gone.
  private var context: Conversation?

  init(_ context: Conversation) {
    self.context = context
    context.lock = lock
  }

  /// Runs `body` on the connection, which no other thread uses meanwhile.
  ///
  /// - Returns: nil if the connection is gone.
  func withConnection<Result>(_ body: (Conversation) throws -> Result) rethrows -> Result? {
    try lock.withLock {
      guard let context else { return nil }
      return try body(context)
    }
  }

  /// Runs `body` on what the filter keeps, whether the connection is gone or not.
  func withPrivateData<Result>(_ body: (inout Any?) -> Result) -> Result {
    lock.withLock { body(&privateData) }
  }

  /// The connection ended.
  func detach() { lock.withLock { context = nil } }
}
