import MilterRuntime

/// A mail filter: subclass it and override what you want to see.
///
/// Each method is one of libmilter's callbacks without the prefix `xxfi_`. One instance lives as
/// long as one connection from an MTA; its stored properties take the place of `smfi_setpriv`.
///
/// ```swift
/// import MilterKit
///
/// @main
/// final class Greeter: Milter {
///   @PerMessage private var sender = ""
///
///   override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
///     self.sender = sender
///     return .continue
///   }
///
///   override func eom() throws -> Status {
///     try addheader("X-Seen-From", sender)
///     return .accept
///   }
/// }
/// ```
///
/// The MTA is told to leave out the steps whose callbacks are not overridden. An override need not
/// call `super`: the methods here do nothing.
///
/// Callbacks of one connection never overlap and may block: each runs on a thread that serves no
/// other connection meanwhile. A connection may change its thread between callbacks. A callback
/// that throws is logged and answered with tempfail, unless the operator chose another answer in
/// ``MilterConfiguration/onError``. The log shows the type of an error that the
/// filter declares; its text, which may quote mail, appears at ``MilterLogLevel/debug`` only. Write to
/// ``MilterBase/log-property`` what the log must have.
///
/// Text that is not UTF-8 reaches a callback with U+FFFD in place of what cannot be decoded;
/// ``MilterBase/rawArguments`` has the bytes.
///
/// The corresponding libmilter types are `smfiDesc` and `SMFICTX`.
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
open class Milter: MilterBase {
  override open class var callbacks: MilterCallbacks {
    CallbackProbe.milter.callbacksOverridden(by: self)
  }

  override final func makeHandler() -> any SessionHandler { MilterHandler(self) }

  // MARK: Callbacks

  /// The MTA connected and offers its options; called once, before everything else.
  ///
  /// - Parameters:
  ///   - offered: what the MTA offers. Steps without reply are always among it: where the MTA
  ///     lacks them, the library replies in the filter's place.
  ///   - options: what the filter wants: at first its ``MilterBase/actions``, the steps of callbacks it does
  ///     not have, skip if offered, and what is declared in ``MilterBase/noReply``, ``MilterBase/leadingSpace``, and
  ///     ``MilterBase/rejectedRecipients``, as far as it is offered. Steps it does not want to be sent are added with the
  ///     `no…` flags, steps it will not reply to with the `nr…` flags.
  /// - Returns: `.continue` to ask for `options`, `.allOptions` to take all that is offered;
  ///   anything else closes the connection.
  /// - Throws: what the override throws; it is logged, and the connection closed.
  ///
  /// The corresponding libmilter callback is `xxfi_negotiate`.
  open func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status { .continue }

  /// A client connected to the MTA; called once for each.
  ///
  /// - Parameters:
  ///   - host: the client's name as the MTA found it, or its address in brackets.
  ///   - address: the client's address; nil if the MTA does not know it.
  /// - Returns: `.reject` and `.tempfail` refuse the client, `.accept` lets it pass unseen.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_connect`.
  open func connect(_ host: String, _ address: MilterAddress?) throws -> Status { .continue }

  /// The client said HELO or EHLO; not called if it does not, again if it says it again.
  ///
  /// - Parameter host: the name the client gives itself.
  /// - Returns: `.reject` and `.tempfail` refuse the client; Postfix tells it at the next command.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_helo`.
  open func helo(_ host: String) throws -> Status { .continue }

  /// A message begins: the client said MAIL.
  ///
  /// - Parameters:
  ///   - sender: the sender as the client wrote it, with angle brackets; `<>` for a bounce.
  ///   - args: ESMTP arguments such as `SIZE=1000`.
  /// - Returns: a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envfrom`.
  open func envfrom(_ sender: String, _ args: [String]) throws -> Status { .continue }

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
  open func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .continue }

  /// The client said DATA.
  ///
  /// - Returns: a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_data`.
  open func data() throws -> Status { .continue }

  /// The client sent a command that the MTA does not know or has switched off.
  ///
  /// - Parameter command: the command with its arguments.
  /// - Returns: `.reject` and `.tempfail` are the client's reply to this command only, `.accept` and
  ///   `.discard` are about the message under way.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_unknown`.
  open func unknown(_ command: String) throws -> Status { .continue }

  /// A header of the message; called for each, in their order.
  ///
  /// - Parameters:
  ///   - name: the name, in the sender's spelling.
  ///   - value: the value without the space behind the colon; folded lines are separated by LF.
  /// - Returns: a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_header`.
  open func header(_ name: String, _ value: String) throws -> Status { .continue }

  /// The headers ended.
  ///
  /// - Returns: a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_eoh`.
  open func eoh() throws -> Status { .continue }

  /// A piece of the body; called not at all for an empty one, and often for a long one.
  ///
  /// - Parameter chunk: at most 65,535 bytes, lines ended by CR LF, cut anywhere. It is gone when
  ///   the callback returns.
  /// - Returns: `.skip` if the rest is of no interest; a verdict is about this message.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_body`.
  open func body(_ chunk: RawSpan) throws -> Status { .continue }

  /// The message ended: the one place where it can be changed.
  ///
  /// - Returns: the verdict; `.continue` lets other filters look at the message and accepts it if
  ///   they do.
  /// - Throws: what the override throws; it is logged and answered with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_eom`.
  open func eom() throws -> Status { .continue }

  /// The message under way was given up, by the client, the MTA, or another filter.
  ///
  /// Called between `envfrom` and `eom` only, and not after the filter has returned a verdict about the
  /// message, except for `.discard` from `envrcpt` or `unknown`. Postfix also sends it after an `unknown`
  /// between messages. Declare what belongs to the message ``PerMessage``, or reset it in
  /// ``MilterBase/messageEnded()``.
  ///
  /// The corresponding libmilter callback is `xxfi_abort`.
  open func abort() {}

  /// The connection ended; called once for each client, also if `connect` never was.
  ///
  /// The corresponding libmilter callback is `xxfi_close`.
  open func close() {}
}
