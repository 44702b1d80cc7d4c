package import MilterCore

/// A filter as the engine sees it: callbacks by name, arguments as bytes.
///
/// ``Milter`` and ``AsyncMilter`` subclasses have a handler each; the C library has one of its own. One
/// handler serves one connection, on one thread at a time.
///
/// A handler whose filter may work on the connection from several threads sets
/// ``Conversation/lock``, which nobody holds while a callback runs.
///
/// A callback may suspend: the function that runs it says so, and the connection goes on once
/// ``Conversation/executor`` is told that it has ended.
package protocol SessionHandler: AnyObject {
  /// The filter's name, for the log.
  var name: String { get }
  /// The callbacks the filter has.
  var callbacks: MilterCallbacks { get }
  /// What a filter author's mistake does.
  var rules: SessionRules { get }

  /// Takes the connection that the filter works on; called once, before everything else.
  func attach(to context: Conversation)

  /// Says what the filter wants of the MTA's offer, and the status that goes with it; nil if the
  /// callback suspended.
  func negotiate(_ offered: MilterOptions) throws -> (
    status: CallbackStatus, wanted: MilterOptions
  )?

  /// Runs a callback on a command's payload and returns its status; nil if it suspended.
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
  /// - Returns: whether the callback has ended; if not, it suspended.
  func abort() -> Bool

  /// The message ended; called once for each that began, after all of its callbacks.
  func messageEnded()

  /// The connection ended.
  ///
  /// - Returns: whether the callback has ended; if not, it suspended.
  func close() -> Bool

  /// The result of the callback that suspended, once it has ended.
  func result() throws -> SuspendedResult
}

extension SessionHandler {
  package func pass(_ callback: MilterCallback, _ payload: Span<UInt8>) {}
  package func messageBegan() {}
  package func messageEnded() {}
  package func result() -> SuspendedResult { .returned }
}
