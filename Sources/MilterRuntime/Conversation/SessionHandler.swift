package import MilterCore

/// A filter as the engine sees it: callbacks by name, arguments as bytes.
///
/// ``Milter`` and ``AsyncMilter`` subclasses have a handler each; the C library has one of its own. One
/// handler serves one connection, on one thread at a time.
///
/// A handler whose filter may work on the connection from several threads sets
/// ``Conversation/lock``, which nobody holds while a callback runs.
///
/// An asynchronous callback runs in a task. The function for the callback only prepares it and returns that
/// it is due; ``runDue(on:_:)`` calls it. The conversation continues with ``result()`` once the callback has
/// ended.
package protocol SessionHandler: AnyObject {
  /// The filter's name, for the log.
  var name: String { get }
  /// The callbacks the filter has.
  var callbacks: MilterCallbacks { get }
  /// The effects of a filter author's mistakes.
  var rules: SessionRules { get }

  /// Takes the connection that the filter works on; called once, before everything else.
  func attach(to context: Conversation)

  /// Returns what the filter wants of the MTA's offer, and the status; nil if the callback is due.
  func negotiate(_ offered: MilterOptions) throws -> (
    status: CallbackStatus, wanted: MilterOptions
  )?

  /// Runs a callback on a command's payload and returns its status; nil if it is due.
  ///
  /// - Throws: if the payload cannot be read; the connection is closed then.
  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?

  /// Shows a command whose callback the filter does not have, or has skipped.
  func pass(_ callback: MilterCallback, _ payload: Span<UInt8>)

  /// A message begins; called before its first callback.
  func messageBegan()

  /// The message under way was given up.
  ///
  /// - Returns: whether the callback has ended; if not, it is due.
  func abort() -> Bool

  /// The message ended; called once for each that began, after all of its callbacks.
  func messageEnded()

  /// The connection ended.
  ///
  /// - Returns: whether the callback has ended; if not, it is due.
  func close() -> Bool

  /// Runs the callback that is due, in a task that begins on the calling thread.
  ///
  /// - Parameters:
  ///   - executor: runs what is left of a callback that suspends.
  ///   - proceed: called in that task once the callback has ended without suspending; it continues the
  ///     connection, and returns whether another callback is due.
  /// - Returns: how the task left the thread.
  func runDue(on executor: CallbackExecutor, _ proceed: @escaping () -> Bool) -> DueEnd

  /// The result of the callback that was due, once it has ended.
  func result() throws -> DueResult
}

extension SessionHandler {
  package func pass(_ callback: MilterCallback, _ payload: Span<UInt8>) {}
  package func messageBegan() {}
  package func messageEnded() {}
  package func runDue(
    on executor: CallbackExecutor, _ proceed: @escaping () -> Bool
  ) -> DueEnd { .nothingDue }
  package func result() -> DueResult { .returned }
}
