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
///   private var sender = ""
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
/// that throws is logged and answered with tempfail. Of an error of the filter's own the log has
/// the type, and its text, which may quote mail, at ``MilterLogLevel/debug`` only; write to ``log``
/// what has to be there.
///
/// Text that is not UTF-8 reaches a callback with U+FFFD in place of what cannot be decoded;
/// ``rawArguments`` has the bytes.
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
/// - ``messageEnded()``
/// - ``close()``
///
/// ### About the filter
/// - ``name``
/// - ``actions``
/// - ``callbacks``
/// - ``macros``
/// - ``noReply``
/// - ``leadingSpace``
/// - ``rejectedRecipients``
/// - ``answerTime``
/// - ``programOptions``
/// - ``prepare()``
/// - ``reload()``
///
/// ### About the session
/// - ``getsymval(_:)-(MilterMacroName)``
/// - ``getsymval(_:)-(String)``
/// - ``rawArguments``
/// - ``log``
/// - ``setreply(_:_:_:)``
/// - ``setmlreply(_:_:_:)``
/// - ``setsymlist(_:_:)``
///
/// ### Changes to the message, in eom
/// - ``addheader(_:_:)-(_,String)``
/// - ``addheader(_:_:)-(_,Collection<UInt8>)``
/// - ``insheader(_:_:_:)-(_,_,String)``
/// - ``insheader(_:_:_:)-(_,_,Collection<UInt8>)``
/// - ``chgheader(_:_:_:)-(_,_,String?)``
/// - ``chgheader(_:_:_:)-(_,_,Collection<UInt8>)``
/// - ``chgfrom(_:_:)``
/// - ``addrcpt(_:)``
/// - ``addrcptPar(_:_:)``
/// - ``delrcpt(_:)``
/// - ``replacebody(_:)-(RawSpan)``
/// - ``replacebody(_:)-(String)``
/// - ``replacebody(_:)-(Collection<UInt8>)``
/// - ``quarantine(_:)``
/// - ``progress()``
open class Milter {
  /// What a callback returns; `Status` is short for ``MilterCore/MilterStatus``.
  public typealias Status = MilterStatus

  /// The connection this filter works on; nil until it is attached to one.
  final var context: MilterContext?

  /// What resets the properties that the message under way has used; see ``PerMessage``.
  final var messageResets: [() -> Void] = []

  /// Whether header values have their leading space in callbacks and actions although the MTA keeps
  /// it for itself.
  final var fakesLeadingSpace = false

  /// Makes the filter for one connection.
  ///
  /// It is called on the connection's thread, before the first callback. A subclass that needs
  /// arguments has an initializer of its own and is made in ``MilterServer``'s closure.
  public required init() {}

  // MARK: About the filter

  /// The filter's name in messages, in lines of the log, in syslog, and as the label `filter` of its
  /// metrics.
  ///
  /// The default is the program's file name for the class that ``main()`` runs, otherwise the type's
  /// name. The corresponding libmilter field is `xxfi_name`.
  open class var name: String { ProgramName.of(self) ?? "\(self)" }

  /// The changes the filter wants to make; by default all that the MTA offers.
  ///
  /// If the MTA does not offer one that is named here, the connection is closed and the log says
  /// which. The corresponding libmilter field is `xxfi_flags`.
  open class var actions: MilterActionFlags { .offered }

  /// The callbacks the filter has; by default those that are overridden.
  ///
  /// Steps without callback are not sent by the MTA. Override this property to name the callbacks
  /// by hand, for example if one is only of use in some configurations.
  open class var callbacks: MilterCallbacks { CallbackProbe.callbacksOverridden(by: self) }

  /// The macros the filter wants at some stages, in place of those that the MTA sends by itself there;
  /// by default none.
  ///
  /// ```swift
  /// override class var macros: [MilterStage: [MilterMacroName]] {
  ///   [.connect: [.clientAddr, .daemonPort], .envfrom: [.authAuthen]]
  /// }
  /// ```
  ///
  /// List all that the filter reads at the stage: the MTA sends no others. An MTA that cannot be asked
  /// sends what it sends by itself, and the filter serves it with that. What ``negotiate(_:_:)`` asks
  /// for with ``setsymlist(_:_:)`` replaces the list for that stage.
  ///
  /// The connection is closed, and the log says why, if a stage has more than 50 names or a name
  /// contains spaces. The corresponding libmilter function is `smfi_setsymlist`.
  open class var macros: [MilterStage: [MilterMacroName]] { [:] }

  /// The callbacks that always return `.continue`, so that the MTA need not wait for them; by default
  /// none.
  ///
  /// With a distant filter each of them saves a round trip. Callbacks from `connect` to `body` can be
  /// named. Where the MTA waits all the same, the library replies. If such a callback returns a
  /// verdict or throws, the verdict is sent at the next step with a reply, and the log says so; a
  /// verdict of ``envrcpt(_:_:)`` is then about the whole message.
  ///
  /// The connection is closed, and the log says why, if a callback cannot go without a reply. The
  /// corresponding libmilter flags are `SMFIP_NR_*`.
  open class var noReply: MilterCallbacks { [] }

  /// Whether header values have the space behind the colon, as it is in the message; `false` by
  /// default.
  ///
  /// It holds for ``header(_:_:)`` and for the values that are given to ``addheader(_:_:)-(_,String)``,
  /// ``insheader(_:_:_:)-(_,_,String)``, and ``chgheader(_:_:_:)-(_,_,String?)``: write `" yes"` for
  /// `X-Seen: yes`. An MTA that keeps the space for itself sends values without it; every value then
  /// begins with one space.
  ///
  /// The corresponding libmilter flag is `SMFIP_HDR_LEADSPC`.
  open class var leadingSpace: Bool { false }

  /// Whether ``envrcpt(_:_:)`` is also called for recipients that the MTA has rejected; `false` by
  /// default.
  ///
  /// For such a recipient `getsymval(.rcptMailer)` is `error`, `.rcptHost` the enhanced status code, and
  /// `.rcptAddr` the MTA's text. The status that `envrcpt` returns has no effect then. An MTA that
  /// cannot shows accepted recipients only.
  ///
  /// The corresponding libmilter flag is `SMFIP_RCPT_REJ`.
  open class var rejectedRecipients: Bool { false }

  /// The maximum time, in seconds, that a callback of the filter takes to answer, if the filter limits
  /// that time; `nil`, the default, if it does not.
  ///
  /// The lines that `--help` prints for Sendmail and Postfix have timeouts that are longer, so that the
  /// filter answers by itself what the MTA would otherwise decide. Sendmail waits only 10 seconds
  /// unless it is configured.
  open class var answerTime: Int? { nil }

  /// The options that the filter's program has besides those of every filter; none by default.
  ///
  /// `--help` lists them first. The program ends with status 1 at start if one has the name of an
  /// option that every filter has, such as `timeout`. See ``MilterSetting``.
  open class var programOptions: [any MilterProgramOption] { [] }

  /// Gets the filter ready; called once by ``main()``, before the first connection.
  ///
  /// The command line has been read, the sockets are open, and privileges given up (`--user`), so
  /// files made here belong to the user the filter runs as.
  /// - Throws: what the override throws; the program reports it and ends with status 1, or with status
  ///   64 if it is a ``MilterUsageError``.
  open class func prepare() throws {}

  /// Reads the filter's configuration again; called on SIGHUP only, so ``prepare()`` may call it, too.
  ///
  /// Keep what it reads in a static property behind a `Mutex`, and copy it to a stored property of the
  /// instance: then new connections get the new configuration, and those under way end with the one
  /// they began with. The article Operating has an example.
  ///
  /// Called by ``MilterServer/run()``, and so in every filter program, on a thread of its own, one
  /// call after the other. libmilter has nothing like it: there SIGHUP stops the filter.
  /// - Throws: what the override throws; it is logged, and all should stay as it was.
  open class func reload() throws {}

  // MARK: Callbacks

  /// The MTA connected and offers its options; called once, before everything else.
  ///
  /// - Parameters:
  ///   - offered: what the MTA offers. Steps without reply are always among it: where the MTA
  ///     lacks them, the library replies in the filter's place.
  ///   - options: what the filter wants: at first its ``actions``, the steps of callbacks it does
  ///     not have, skip if offered, and what is declared in ``noReply``, ``leadingSpace``, and
  ///     ``rejectedRecipients``, as far as it is offered. Steps it does not want to be sent are added with the
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
  /// Called between `envfrom` and `eom` only; after a verdict of the filter's own it is not, except
  /// for `.discard` from `envrcpt` or `unknown`. From Postfix it comes after an `unknown` between
  /// messages, too. What belongs to the message is best declared ``PerMessage``, or forgotten in
  /// ``messageEnded()``.
  ///
  /// The corresponding libmilter callback is `xxfi_abort`.
  open func abort() {}

  /// The message ended, whatever became of it.
  ///
  /// Called exactly once for each message that began, after the last of its callbacks and before the
  /// next message's first one and ``close()``. A message begins with MAIL, or with the first command
  /// about it that the MTA sends. It ends with:
  ///
  /// - the verdict of ``eom()``, or a verdict of an earlier callback about the message;
  /// - ``abort()``: the client or another filter ended the message, or a new one began;
  /// - the end of the connection: the MTA hung up, a callback ran too long, or the server stopped.
  ///
  /// Put the end of a message's work here: close a file, release a reservation. Properties declared
  /// ``PerMessage`` still have their values and are reset afterward. The message can no longer be
  /// changed, and ``getsymval(_:)-(MilterMacroName)`` may no longer know its macros. No timeout applies; the MTA gets
  /// the verdict after this method returns.
  ///
  /// libmilter has no equivalent: its filters free a message's state in `xxfi_eom`, `xxfi_abort`,
  /// `xxfi_close`, and wherever a callback returns a verdict.
  open func messageEnded() {}

  /// The connection ended; called once for each client, also if `connect` never was.
  ///
  /// The corresponding libmilter callback is `xxfi_close`.
  open func close() {}
}
