import MilterRuntime

/// A mail filter whose callbacks may suspend; override the callbacks that your filter needs.
///
/// The callbacks are those of ``Milter``, as `async` methods. Actions, macros, replies, and the log are the
/// same. A filter that waits for DNS, a database, or another daemon uses `await`, and holds no thread while it
/// waits.
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
/// Callbacks of one connection never overlap: each one runs after the previous one has returned, even if that
/// one was suspended. A callback runs on the server's threads, not on those of Swift's cooperative pool, and
/// may block them. Code that belongs to an actor runs on the actor's executor. Declare an async helper method
/// of the filter `nonisolated(nonsending)`, unless the module is built with the feature
/// `NonisolatedNonsendingByDefault`.
///
/// If the MTA closes the connection or aborts the message while a callback is suspended, the callback's task is
/// canceled. It is also canceled when ``MilterConfiguration/callbackTimeout`` expires or the server stops
/// waiting. A `CancellationError` that the callback then throws is not logged. ``abort()`` and ``close()`` run
/// after the callback has ended, and the end of the connection does not cancel them. Any other error is logged,
/// and the MTA gets a tempfail.
///
/// ``MilterLog/current`` is the connection's log in all functions that a callback calls.
///
/// libmilter has no equivalent: each of its callbacks blocks a thread.
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

  /// Negotiates actions and steps with the MTA; called once for each connection, before all other callbacks.
  ///
  /// - Parameters:
  ///   - offered: What the MTA offers, as for ``Milter/negotiate(_:_:)``.
  ///   - options: What the filter requests, with the same initial value.
  /// - Returns: `.continue` or `.allOptions`; any other status closes the connection.
  /// - Throws: Any error. The library logs it and closes the connection.
  ///
  /// The corresponding libmilter callback is `xxfi_negotiate`.
  nonisolated(nonsending) open func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) async throws -> Status { .continue }

  /// Checks a client that has connected to the MTA; called once for each client.
  ///
  /// - Parameters:
  ///   - host: The client's name as the MTA found it, or its address in brackets.
  ///   - address: The client's address; `nil` if the MTA does not know it.
  /// - Returns: The status; ``Milter/connect(_:_:)`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_connect`.
  nonisolated(nonsending) open func connect(_ host: String, _ address: MilterAddress?) async throws
    -> Status
  { .continue }

  /// Checks the name of HELO or EHLO; called for each of these commands.
  ///
  /// - Parameter host: The name that the client sent.
  /// - Returns: The status; ``Milter/helo(_:)`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_helo`.
  nonisolated(nonsending) open func helo(_ host: String) async throws -> Status { .continue }

  /// Checks the envelope sender, with which a message begins.
  ///
  /// - Parameters:
  ///   - sender: The sender as the client wrote it, with angle brackets; `<>` for a bounce.
  ///   - args: ESMTP arguments such as `SIZE=1000`.
  /// - Returns: The status; ``Milter/envfrom(_:_:)-(String,_)`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envfrom`.
  nonisolated(nonsending) open func envfrom(_ sender: String, _ args: [String]) async throws
    -> Status
  { .continue }

  /// Checks a recipient; called for each recipient.
  ///
  /// - Parameters:
  ///   - recipient: The recipient as the client wrote it, with angle brackets.
  ///   - args: ESMTP arguments such as `NOTIFY=NEVER`.
  /// - Returns: The status; ``Milter/envrcpt(_:_:)-(String,_)`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envrcpt`.
  nonisolated(nonsending) open func envrcpt(_ recipient: String, _ args: [String]) async throws
    -> Status
  { .continue }

  /// Decides about a message before its content is sent.
  ///
  /// - Returns: The status; ``Milter/data()`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_data`.
  nonisolated(nonsending) open func data() async throws -> Status { .continue }

  /// Checks an SMTP command that the MTA does not know or has disabled.
  ///
  /// - Parameter command: The command with its arguments.
  /// - Returns: The status; ``Milter/unknown(_:)`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_unknown`.
  nonisolated(nonsending) open func unknown(_ command: String) async throws -> Status { .continue }

  /// Checks a header field of the message; called for each field, in order.
  ///
  /// - Parameters:
  ///   - name: The name, in the sender's spelling.
  ///   - value: The value without the space after the colon; folded lines are separated by LF.
  /// - Returns: The status; ``Milter/header(_:_:)-(String,_)`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_header`.
  nonisolated(nonsending) open func header(_ name: String, _ value: String) async throws -> Status {
    .continue
  }

  /// Decides about a message after its last header field.
  ///
  /// - Returns: The status; ``Milter/eoh()`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_eoh`.
  nonisolated(nonsending) open func eoh() async throws -> Status { .continue }

  /// Checks a chunk of the body; called for each chunk, and not for an empty body.
  ///
  /// - Parameter chunk: At most 65,535 bytes. Lines end with CR LF, and a chunk can end anywhere in a line. The
  ///   filter may keep the bytes.
  /// - Returns: The status; ``Milter/body(_:)`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_body`.
  nonisolated(nonsending) open func body(_ chunk: [UInt8]) async throws -> Status { .continue }

  /// Gives the verdict at the end of the message, and changes the message.
  ///
  /// - Returns: The status; ``Milter/eom()`` lists the effects.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_eom`.
  nonisolated(nonsending) open func eom() async throws -> Status { .continue }

  /// Discards the state of a message that the client, the MTA, or another filter has aborted.
  ///
  /// Called only between `envfrom` and `eom`. Not called after the filter itself ended the message with a
  /// verdict (exception: `.discard` returned by `envrcpt` or `unknown`). Postfix also sends it after an
  /// `unknown` between messages. Declare the state of a message ``PerMessage``, or reset it in
  /// ``MilterBase/messageEnded()``.
  ///
  /// The corresponding libmilter callback is `xxfi_abort`.
  nonisolated(nonsending) open func abort() async {}

  /// Discards the state of a client whose connection has ended; called once for each client, even if `connect`
  /// was not called.
  ///
  /// The corresponding libmilter callback is `xxfi_close`.
  nonisolated(nonsending) open func close() async {}
}
