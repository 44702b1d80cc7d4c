import MilterRuntime

/// A mail filter.
///
/// Subclass it, and override the callbacks that the filter needs. Each method is one of libmilter's callbacks
/// without the prefix `xxfi_`. One instance serves one connection from an MTA; its stored properties replace
/// `smfi_setpriv`.
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
/// The library tells the MTA to leave out the steps whose callbacks are not overridden. An override need not
/// call `super`: the methods here do nothing.
///
/// Callbacks of one connection never overlap and may block: while a callback runs, its thread serves no other
/// connection. Two callbacks of a connection may run on different threads.
///
/// When a callback throws, the library logs the error and answers with tempfail, or as
/// ``MilterConfiguration/onError`` specifies. The log records the type of an error that the filter declares.
/// Its description may quote mail, so it is logged only at ``MilterLogLevel/debug``. To log more, use
/// ``MilterBase/log-property``.
///
/// If text is not UTF-8, U+FFFD replaces invalid bytes; ``MilterBase/rawArguments`` has the bytes.
///
/// The corresponding libmilter types are `smfiDesc` and `SMFICTX`.
///
/// ## Topics
///
/// ### Callbacks in the order of a session
/// - ``negotiate(_:_:)``
/// - ``connect(_:_:)``
/// - ``helo(_:)``
/// - ``envfrom(_:_:)-(String,_)``
/// - ``envfrom(_:_:)-(RawSpan,_)``
/// - ``envrcpt(_:_:)-(String,_)``
/// - ``envrcpt(_:_:)-(RawSpan,_)``
/// - ``data()``
/// - ``header(_:_:)-(String,_)``
/// - ``header(_:_:)-(RawSpan,_)``
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

  // DocumentationTests compares the tables of statuses with the simulated MTAs, and prints the expected table.
  // RealMTATests compares the simulation with Postfix and Sendmail.

  /// Negotiates actions and steps with the MTA.
  ///
  /// Called once for each connection, before all other callbacks.
  ///
  /// | Status | Effect |
  /// |---|---|
  /// | `.continue` | The filter asks for `options`. |
  /// | `.allOptions` | The filter asks for all that the MTA offers; `options` is ignored. |
  /// | any other | The connection is closed, and the MTA acts as configured for a filter that fails. |
  ///
  /// - Parameters:
  ///   - offered: The MTA's offer. It always includes steps without reply: if the MTA lacks them, the library
  ///     replies in the filter's place.
  ///   - options: The filter's request. Initially, it has the filter's ``MilterBase/actions``, leaves out the
  ///     steps whose callbacks are not overridden, and includes ``MilterBase/noReply``,
  ///     ``MilterBase/leadingSpace``, and ``MilterBase/rejectedRecipients`` if the MTA offers them. `no…` flags
  ///     leave out steps, and `nr…` flags are for steps without reply.
  /// - Returns: `.continue` or `.allOptions`.
  /// - Throws: Any error. The library logs it and closes the connection.
  ///
  /// The corresponding libmilter callback is `xxfi_negotiate`.
  open func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status { .continue }

  /// Checks a client that has connected to the MTA.
  ///
  /// Called once for each client. Here, "queued" means that the client's mail passes.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | nothing more |
  /// | `.reject` | greeting: `554 mx.example.org ESMTP not accepting connections` | greeting: `554 mx.example.org ESMTP not accepting messages` | nothing more |
  /// | `.tempfail` | MAIL: `451 4.7.1 Service unavailable - try again later` | MAIL: `451 4.3.2 Please try again later` | nothing more |
  /// | `.discard` | queued | the same | the rest; under Sendmail nothing more |
  /// | `.noreply` (needs `nrConn`) | queued | the same | the rest |
  ///
  /// Neither MTA sends the filter's reply instead of the greeting. To give the client a reason, refuse it in
  /// ``Milter/envfrom(_:_:)-(String,_)``. Postfix ignores `.discard` here, with a warning in its log.
  ///
  /// - Parameters:
  ///   - host: The client's name as the MTA found it, or its address in brackets.
  ///   - address: The client's address; `nil` if the MTA does not know it.
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_connect`.
  open func connect(_ host: String, _ address: MilterAddress?) throws -> Status { .continue }

  /// Checks the name of HELO or EHLO.
  ///
  /// Called for each HELO or EHLO; not called if the client sends none. If the filter refuses the client, both
  /// MTAs answer HELO with 250, and refuse later commands.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | nothing more |
  /// | `.reject` | MAIL: `550 5.7.1 Command rejected` | MAIL: `550 5.0.0 Command rejected` | nothing more |
  /// | `.tempfail` | MAIL: `451 4.7.1 Service unavailable - try again later` | MAIL: `451 4.3.2 Please try again later` | nothing more |
  /// | `.discard` | queued | the same | the rest |
  /// | `.noreply` (needs `nrHelo`) | queued | the same | the rest |
  ///
  /// - Parameter host: The name that the client sent.
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_helo`.
  open func helo(_ host: String) throws -> Status { .continue }

  /// Checks the envelope sender, with which a message begins.
  ///
  /// Called for each MAIL command that the MTA accepts.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | the next message |
  /// | `.reject` | MAIL: `550 5.7.1 Command rejected` | MAIL: `550 5.7.1 <sender@example.org>... Command rejected` | the next message |
  /// | `.tempfail` | MAIL: `451 4.7.1 Service unavailable - try again later` | MAIL: `451 4.3.2 Please try again later` | the next message |
  /// | `.discard` | accepted and dropped | the same | the next message |
  /// | `.noreply` (needs `nrMail`) | queued | the same | the rest |
  ///
  /// - Parameters:
  ///   - sender: The sender as the client wrote it, with angle brackets; `<>` for a bounce.
  ///   - args: ESMTP arguments such as `SIZE=1000`.
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envfrom`.
  open func envfrom(_ sender: String, _ args: [String]) throws -> Status { .continue }

  /// Checks the envelope sender by its bytes; see ``Milter/envfrom(_:_:)-(String,_)``.
  ///
  /// Override this method instead of the other one to avoid the cost of strings, or to see bytes that are not
  /// UTF-8. If a class overrides both, only this one is called. By default, it calls the other one.
  ///
  /// - Parameters:
  ///   - sender: The sender with angle brackets. The bytes are valid until the callback returns.
  ///   - args: The ESMTP arguments, each followed by a NUL.
  /// - Returns: The status, as for the other method.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envfrom`.
  open func envfrom(_ sender: RawSpan, _ args: RawSpan) throws -> Status {
    try envfrom(sender.text, args.strings.map { String(decoding: $0, as: UTF8.self) })
  }

  /// Checks a recipient.
  ///
  /// Called for each RCPT command that the MTA accepts; see also ``MilterBase/rejectedRecipients``. `.reject`
  /// and `.tempfail` refuse this recipient only; `.accept` and `.discard` decide about the message.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | the next message |
  /// | `.reject` | RCPT: `550 5.7.1 Command rejected`; queued for the other recipients | RCPT: `550 5.7.1 <first@example.org>... Command rejected`; queued for the other recipients | the rest |
  /// | `.tempfail` | RCPT: `451 4.7.1 Service unavailable - try again later`; queued for the other recipients | RCPT: `451 4.3.2 Please try again later`; queued for the other recipients | the rest |
  /// | `.discard` | accepted and dropped | the same | the next message |
  /// | `.skip` | queued | the same | no more `envrcpt` |
  /// | `.noreply` (needs `nrRcpt`) | queued | the same | the rest |
  ///
  /// - Parameters:
  ///   - recipient: The recipient as the client wrote it, with angle brackets.
  ///   - args: ESMTP arguments such as `NOTIFY=NEVER`.
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envrcpt`.
  open func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .continue }

  /// Checks a recipient by its bytes; see ``Milter/envrcpt(_:_:)-(String,_)``.
  ///
  /// Override this method instead of the other one to avoid the cost of strings, or to see bytes that are not
  /// UTF-8. If a class overrides both, only this one is called. By default, it calls the other one.
  ///
  /// - Parameters:
  ///   - recipient: The recipient with angle brackets. The bytes are valid until the callback returns.
  ///   - args: The ESMTP arguments, each followed by a NUL.
  /// - Returns: The status, as for the other method.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_envrcpt`.
  open func envrcpt(_ recipient: RawSpan, _ args: RawSpan) throws -> Status {
    try envrcpt(recipient.text, args.strings.map { String(decoding: $0, as: UTF8.self) })
  }

  /// Decides about a message before its content is sent.
  ///
  /// Called for each DATA command.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | the next message |
  /// | `.reject` | DATA: `550 5.7.1 Command rejected` | the same | the next message |
  /// | `.tempfail` | DATA: `451 4.7.1 Service unavailable - try again later` | DATA: `451 4.3.2 Please try again later` | the next message |
  /// | `.discard` | accepted and dropped | the same | the next message |
  /// | `.noreply` (needs `nrData`) | queued | the same | the rest |
  ///
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_data`.
  open func data() throws -> Status { .continue }

  /// Checks an SMTP command that the MTA does not know or has disabled.
  ///
  /// Called for each such command, at any point of the session. `.reject` and `.tempfail` are the reply to this
  /// command only; with the other statuses the MTA gives its own reply, 500 5.5.1. `.accept` and `.discard`
  /// decide about the message in progress.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | the next message |
  /// | `.reject` | this command: `550 5.7.1 Command rejected`; queued | the same | the rest |
  /// | `.tempfail` | this command: `451 4.7.1 Service unavailable - try again later`; queued | this command: `451 4.3.2 Please try again later`; queued | the rest |
  /// | `.discard` | accepted and dropped | the same | the next message |
  /// | `.noreply` (needs `nrUnkn`) | queued | the same | the rest |
  ///
  /// - Parameter command: The command with its arguments. Postfix before 3.9 sends only the first word.
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_unknown`.
  open func unknown(_ command: String) throws -> Status { .continue }

  /// Checks a header field of the message.
  ///
  /// Called for each header field, in order.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | the next message |
  /// | `.reject` | end of data: `550 5.7.1 Command rejected` | end of data: `554 5.7.1 Command rejected` | the next message |
  /// | `.tempfail` | end of data: `451 4.7.1 Service unavailable - try again later` | end of data: `451 4.3.2 Please try again later` | the next message |
  /// | `.discard` | accepted and dropped | the same | the next message |
  /// | `.skip` | queued | the same | no more `header` |
  /// | `.noreply` (needs `nrHdr`) | queued | the same | the rest |
  ///
  /// - Parameters:
  ///   - name: The name, in the sender's spelling.
  ///   - value: The value without the space after the colon. Lines of a folded field are separated by LF.
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_header`.
  open func header(_ name: String, _ value: String) throws -> Status { .continue }

  /// Checks a header field by its bytes; see ``Milter/header(_:_:)-(String,_)``.
  ///
  /// Override this method instead of the other one to avoid the cost of strings, or to see bytes that are not
  /// UTF-8. If a class overrides both, only this one is called. By default, it calls the other one.
  ///
  /// - Parameters:
  ///   - name: The name, in the sender's spelling. The bytes are valid until the callback returns.
  ///   - value: The value, as for the other method.
  /// - Returns: The status, as for the other method.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_header`.
  open func header(_ name: RawSpan, _ value: RawSpan) throws -> Status {
    try header(name.text, value.text)
  }

  /// Decides about a message after its last header field.
  ///
  /// Called once for each message.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | the next message |
  /// | `.reject` | end of data: `550 5.7.1 Command rejected` | end of data: `554 5.7.1 Command rejected` | the next message |
  /// | `.tempfail` | end of data: `451 4.7.1 Service unavailable - try again later` | end of data: `451 4.3.2 Please try again later` | the next message |
  /// | `.discard` | accepted and dropped | the same | the next message |
  /// | `.noreply` (needs `nrEoh`) | queued | the same | the rest |
  ///
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_eoh`.
  open func eoh() throws -> Status { .continue }

  /// Checks a chunk of the body.
  ///
  /// Called for each chunk; not called for an empty body.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the rest |
  /// | `.accept` | queued | the same | the next message |
  /// | `.reject` | end of data: `550 5.7.1 Command rejected` | end of data: `554 5.7.1 Command rejected` | the next message |
  /// | `.tempfail` | end of data: `451 4.7.1 Service unavailable - try again later` | end of data: `451 4.3.2 Please try again later` | the next message |
  /// | `.discard` | accepted and dropped | the same | the next message |
  /// | `.skip` (needs `skip`) | queued | the same | no more `body` |
  /// | `.noreply` (needs `nrBody`) | queued | the same | the rest |
  ///
  /// - Parameter chunk: At most 65,535 bytes, unless larger packets were agreed on. Lines end with CR LF. A chunk
  ///   can end anywhere in a line. The bytes are valid until the callback returns.
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_body`.
  open func body(_ chunk: RawSpan) throws -> Status { .continue }

  /// Gives the verdict at the end of the message, and changes the message.
  ///
  /// Called once for each message. Actions such as ``MilterBase/addheader(_:_:)-(_,String)`` may be called only
  /// here, and are carried out if the message is queued. `.continue` and `.accept` have the same effect.
  ///
  /// | Status | Postfix | Sendmail | The filter sees |
  /// |---|---|---|---|
  /// | `.continue` | queued | the same | the next message |
  /// | `.accept` | queued | the same | the next message |
  /// | `.reject` | end of data: `550 5.7.1 Command rejected` | end of data: `554 5.7.1 Command rejected` | the next message |
  /// | `.tempfail` | end of data: `451 4.7.1 Service unavailable - try again later` | end of data: `451 4.3.2 Please try again later` | the next message |
  /// | `.discard` | accepted and dropped | the same | the next message |
  ///
  /// - Returns: The status; see the table.
  /// - Throws: Any error. The library logs it and answers with tempfail.
  ///
  /// The corresponding libmilter callback is `xxfi_eom`.
  open func eom() throws -> Status { .continue }

  /// Discards the state of a message that the client, the MTA, or another filter has aborted.
  ///
  /// Called only between `envfrom` and `eom`. Not called after the filter itself ended the message with a
  /// verdict (exception: `.discard` returned by `envrcpt` or `unknown`). Postfix also sends it after an
  /// `unknown` between messages. Declare the state of a message ``PerMessage``, or reset it in
  /// ``MilterBase/messageEnded()``.
  ///
  /// The corresponding libmilter callback is `xxfi_abort`.
  open func abort() {}

  /// Discards the state of a client whose connection has ended.
  ///
  /// Called once for each client, even if `connect` was not called.
  ///
  /// The corresponding libmilter callback is `xxfi_close`.
  open func close() {}
}
