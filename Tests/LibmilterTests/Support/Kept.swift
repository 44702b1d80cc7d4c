import Libmilter
import MilterSystem
import Testing

/// A connection that a filter keeps, for calls from other threads or after the end.
///
/// `@unchecked Sendable`: the lock guards the reference, and any thread may call functions of a connection.
final class Kept: @unchecked Sendable {
  private let lock = SystemLock()
  private var ctx: SMFICTX?

  func keep(_ ctx: SMFICTX) { lock.withLock { self.ctx = ctx } }

  func use(_ body: (SMFICTX) -> Void) {
    guard let ctx = lock.withLock({ ctx }) else {
      Issue.record("no callback was called")
      return
    }
    body(ctx)
  }
}
