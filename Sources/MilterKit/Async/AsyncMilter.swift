import MilterRuntime

/// A mail filter whose callbacks may suspend: subclass it and override what you want to see.
///
/// The callbacks are those of ``Milter``, as `async` methods; actions, macros, replies, and the log are
/// the same. A filter that waits for something, such as DNS, a database, or another daemon, waits with
/// `await` and holds no thread meanwhile.
///
/// ```swift
/// import MilterKit
///
/// @main
/// final class Patient: AsyncMilter {
///   override func helo(_ host: String) async throws -> Status {
///     // Many programs that send spam do not wait for the reply.
///     try await Task.sleep(for: .seconds(5))
///     return .continue
///   }
/// }
/// ```
///
/// Callbacks of one connection never overlap: the next one runs when the one before has returned, also
/// while that is suspended. Everything in a callback runs on the server's threads, not on those of
/// Swift's cooperative pool, and may block them; what belongs to an actor runs where the actor says.
/// Declare an async helper method of the filter `nonisolated(nonsending)`, unless the module is built
/// with the feature `NonisolatedNonsendingByDefault`.
///
/// When the MTA hangs up or aborts the message while a callback is suspended, the callback's task is
/// canceled, as it is when its time is over (``MilterConfiguration/callbackTimeout``) or the server
/// stops waiting. A `CancellationError` that the callback then throws is not logged.
/// ``abort()`` and ``close()`` run after the callback has ended, and an MTA that hangs up does not cancel
/// them. A callback that throws otherwise is logged and answered with tempfail.
///
/// ``MilterLog/current`` is the connection's log in all functions that a callback calls.
///
/// libmilter has no equivalent: its callbacks block a thread each.
///
/// ## Topics
///
/// ### Callbacks in the order of a session
/// - ``negotiate(_:_:)``
/// - ``connect(_:_:)``
/// - ``helo(_:)``
/// - ``envfrom(_:_:)``
/// - ``envrcpt(_:_:)``
/// - ``data()``
/// - ``header(_:_:)``
/// - ``eoh()``
/// - ``body(_:)``
/// - ``eom()``
/// - ``unknown(_:)``
/// - ``abort()``
/// - ``close()``
open class AsyncMilter: MilterBase {
  override open class var callbacks: MilterCallbacks {
    CallbackProbe.asyncMilter.callbacksOverridden(by: self)
  }

  override func makeHandler() -> any SessionHandler { AsyncMilterHandler(self) }

  // MARK: Callbacks

  /// The MTA connected and offers its options; called once, before everything else.
  ///
  /// - Parameters:
  ///   - offered: what the MTA offers. Steps without reply are always among it: where the MTA
  ///     lacks them, the library replies in the filter's place.
  ///   - options: what the filter wants: at first its ``MilterBase/actions``, the steps of callbacks it does
  ///     not have, and skip if offered. Steps it does not want to be sent are added with the
  ///     `no…` flags, steps it will not reply to with the `nr…` flags.
  /// - Returns: `.continue` to ask for `options`, `.allOptions` to take all that is offered;
  ///   anything else closes the connection.
  /// - Throws: what the override throws; it is logged, and the connection closed.
  ///
  /// The corresponding libmilter callback is `xxfi_negotiate`.
  nonisolated(nonsending) open func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) async throws -> Status { .continue }

  /// A client connected to the MTA; called once for each.
  ///
  /// - Parameters:
  ///   - host: the client's name as the MTA found it, or its address in brackets.
  ///   - address: the client's address; nil if the MTA does not know it.
  /// - Returns: `.reject` and `.tempfail` refuse the client, `.accept` lets it pass unseen.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_connect`.
  nonisolated(nonsending) open func connect(_ host: String, _ address: MilterAddress?) async throws
    -> Status
  { .continue }

  /// The client said HELO or EHLO; not called if it does not, again if it says it again.
  ///
  /// - Parameter host: the name the client gives itself.
  /// - Returns: `.reject` and `.tempfail` refuse the client; Postfix tells it at the next command.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_helo`.
  nonisolated(nonsending) open func helo(_ host: String) async throws -> Status { .continue }

  /// A message begins: the client said MAIL.
  ///
  /// - Parameters:
  ///   - sender: the sender as the client wrote it, with angle brackets; `<>` for a bounce.
  ///   - args: ESMTP arguments such as `SIZE=1000`.
  /// - Returns: a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envfrom`.
  nonisolated(nonsending) open func envfrom(_ sender: String, _ args: [String]) async throws
    -> Status
  { .continue }

  /// The client named a recipient; called for each.
  ///
  /// - Parameters:
  ///   - recipient: the recipient as the client wrote it, with angle brackets.
  ///   - args: ESMTP arguments such as `NOTIFY=NEVER`.
  /// - Returns: `.reject` and `.tempfail` are about this recipient only, `.accept` and `.discard`
  ///   about the message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envrcpt`.
  nonisolated(nonsending) open func envrcpt(_ recipient: String, _ args: [String]) async throws
    -> Status
  { .continue }

  /// The client said DATA.
  ///
  /// - Returns: a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_data`.
  nonisolated(nonsending) open func data() async throws -> Status { .continue }

  /// The client sent a command that the MTA does not know or has switched off.
  ///
  /// - Parameter command: the command with its arguments.
  /// - Returns: `.reject` and `.tempfail` are the client's reply to this command only, `.accept` and
  ///   `.discard` are about the message under way.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_unknown`.
  nonisolated(nonsending) open func unknown(_ command: String) async throws -> Status { .continue }

  /// A header of the message; called for each, in their order.
  ///
  /// - Parameters:
  ///   - name: the name, in the sender's spelling.
  ///   - value: the value without the space behind the colon; folded lines are separated by LF.
  /// - Returns: a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_header`.
  nonisolated(nonsending) open func header(_ name: String, _ value: String) async throws -> Status {
    .continue
  }

  /// The headers ended.
  ///
  /// - Returns: a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_eoh`.
  nonisolated(nonsending) open func eoh() async throws -> Status { .continue }

  /// A piece of the body; called not at all for an empty one, and often for a long one.
  ///
  /// - Parameter chunk: at most 65,535 bytes, lines ended by CR LF, cut anywhere. They stay
  ///   valid as long as they are held.
  /// - Returns: `.skip` if the rest is of no interest; a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_body`.
  nonisolated(nonsending) open func body(_ chunk: [UInt8]) async throws -> Status { .continue }

  /// The message ended: the one place where it can be changed.
  ///
  /// - Returns: the verdict; `.continue` lets other filters look at the message and accepts it if
  ///   they do.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_eom`.
  nonisolated(nonsending) open func eom() async throws -> Status { .continue }

  /// The message under way was given up, by the client, the MTA, or another filter.
  ///
  /// Called between `envfrom` and `eom` only, and not after the filter has returned a verdict about the
  /// message, except for `.discard` from `envrcpt` or `unknown`. Postfix also sends it after an `unknown`
  /// between messages. Declare what belongs to the message ``PerMessage``, or reset it in
  /// ``MilterBase/messageEnded()``.
  ///
  /// The corresponding libmilter callback is `xxfi_abort`.
  nonisolated(nonsending) open func abort() async {}

  /// The connection ended; called once for each client, also if `connect` never was.
  ///
  /// The corresponding libmilter callback is `xxfi_close`.
  nonisolated(nonsending) open func close() async {}
}
