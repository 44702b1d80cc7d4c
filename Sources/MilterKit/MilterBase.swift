import MilterRuntime

/// The base class of all filters: name, actions, macros, replies, log.
///
/// A filter inherits from ``Milter``, whose callbacks may block their thread, or from ``AsyncMilter``,
/// whose callbacks may suspend. A class that inherits from this one directly has no callbacks,
/// and therefore sees no mail.
///
/// The corresponding libmilter types are `smfiDesc` and `SMFICTX`.
///
/// ## Topics
///
/// ### Messages
/// - ``messageEnded()``
/// - ``messageNotes``
///
/// ### About the filter
/// - ``name``
/// - ``actions``
/// - ``callbacks``
/// - ``macros``
/// - ``noReply``
/// - ``leadingSpace``
/// - ``rejectedRecipients``
/// - ``wantsClient``
/// - ``answerTime``
/// - ``maxWorkers``
/// - ``programOptions``
/// - ``checkSettings()``
/// - ``prepareAsRoot()``
/// - ``prepare()``
/// - ``reload()``
///
/// ### About the session
/// - ``ClientReporting/client``
/// - ``ClientReporting/mta``
/// - ``getsymval(_:)-(MilterMacroName)``
/// - ``getsymval(_:)-(String)``
/// - ``rawArguments``
/// - ``rawHeader``
/// - ``log-property``
/// - ``stopServer()``
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
open class MilterBase {
  /// The answer of a callback; `Status` is short for ``/MilterCore/MilterStatus``.
  public typealias Status = MilterStatus

  /// The connection this filter works on; nil until it is attached to one.
  @exclusivity(unchecked) final var context: Conversation?

  /// The functions that reset the properties that the message under way has used; see ``PerMessage``.
  final var messageResets: [() -> Void] = []
  /// The notes about the message: those of the chain, or the filter's own once it has any.
  final var heldNotes: MilterNotes?

  /// The values of connect and HELO.
  final var introduction = ClientIntroduction()

  /// Whether header values have a leading space in callbacks and actions although the MTA does not send it.
  final var fakesLeadingSpace = false

  /// Whether messages are changed as values, and not by calls of actions.
  final var changesValues = false

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

  /// The changes the filter wants to make; `nil`, the default, for all that the MTA offers.
  ///
  /// If the MTA does not offer an action that is named here, the server closes the connection, and the log
  /// names the action. The corresponding libmilter field is `xxfi_flags`.
  open class var actions: MilterActionFlags? { nil }

  /// The callbacks the filter has; by default those that are overridden.
  ///
  /// The MTA does not send steps without a callback. Override this property to name the callbacks explicitly,
  /// for example if a callback is useful only in some configurations.
  open class var callbacks: MilterCallbacks { [] }

  /// The macros that the filter wants at some stages, in place of the MTA's default macros; by default none.
  ///
  /// ```swift
  /// override class var macros: [MilterStage: [MilterMacroName]] {
  ///   [.connect: [.clientAddr, .daemonPort], .envfrom: [.authAuthen]]
  /// }
  /// ```
  ///
  /// List all macros that the filter reads at the stage: the MTA sends no others. An MTA that cannot be asked
  /// sends its default macros, and the filter works with those. A call of ``setsymlist(_:_:)`` in
  /// ``Milter/negotiate(_:_:)`` replaces the list for that stage.
  ///
  /// If a stage has more than 50 names or a name contains spaces, the server closes the connection and logs
  /// the reason. The corresponding libmilter function is `smfi_setsymlist`.
  open class var macros: [MilterStage: [MilterMacroName]] { [:] }

  /// The callbacks that always return `.continue`, so that the MTA need not wait for them; by default
  /// none.
  ///
  /// Each of them saves a round trip to a distant filter. Callbacks from `connect` to `body` can be named. If
  /// the MTA waits nevertheless, the library replies. If such a callback returns a verdict or throws, the
  /// verdict is sent at the next step with a reply, and the log reports that. A verdict of
  /// ``Milter/envrcpt(_:_:)`` then applies to the whole message.
  ///
  /// If a callback cannot go without a reply, the server closes the connection and logs the reason. The
  /// corresponding libmilter flags are `SMFIP_NR_*`.
  open class var noReply: MilterCallbacks { [] }

  /// Whether header values have the space after the colon, as it is in the message; `false` by
  /// default.
  ///
  /// It holds for ``Milter/header(_:_:)`` and for the values of
  /// ``addheader(_:_:)-(_,String)``, ``insheader(_:_:_:)-(_,_,String)``, and
  /// ``chgheader(_:_:_:)-(_,_,String?)``: write `" yes"` for `X-Seen: yes`. An MTA that keeps the space for
  /// itself sends values without it; every value then begins with one space.
  ///
  /// The corresponding libmilter flag is `SMFIP_HDR_LEADSPC`.
  open class var leadingSpace: Bool { false }

  /// Whether ``Milter/envrcpt(_:_:)`` is also called for recipients that the MTA has rejected; `false` by
  /// default.
  ///
  /// For such a recipient `getsymval(.rcptMailer)` is `error`, `.rcptHost` the enhanced status code, and
  /// `.rcptAddr` the MTA's text. The status that `envrcpt` returns has no effect then. An MTA
  /// without this feature shows accepted recipients only.
  ///
  /// The corresponding libmilter flag is `SMFIP_RCPT_REJ`.
  open class var rejectedRecipients: Bool { false }

  /// Whether the MTA is asked for everything that ``ClientReporting/client`` and
  /// ``ClientReporting/mta`` report; `false` by default.
  ///
  /// The MTA then sends connect and HELO even if the filter does not override these callbacks, without
  /// waiting for a reply, and sends the required macros in addition to those in ``macros``.
  open class var wantsClient: Bool { false }

  /// The maximum time, in seconds, that a callback of the filter takes to answer; `nil`, the default, if the
  /// filter does not limit it.
  ///
  /// `--help` prints lines for Sendmail and Postfix with longer timeouts, so that the MTA does not decide
  /// before the filter answers. Sendmail's default timeout is only 10 seconds.
  open class var answerTime: Int? { nil }

  /// The maximum number of worker processes of `--workers`; `nil`, the default, for any number.
  ///
  /// Workers share no memory, and each calls ``prepare()``. A filter that keeps what it knows in memory, or
  /// in a file that one process must write alone, returns 1. It still gains that a crash does not end the
  /// service.
  ///
  /// libmilter has no equivalent.
  open class var maxWorkers: Int? { nil }

  /// The options that the filter's program has besides those of every filter; none by default.
  ///
  /// `--help` lists them first. The program ends with status 1 at start if one has the name of an
  /// option that every filter has, such as `timeout`. See ``MilterSetting``.
  open class var programOptions: [any MilterProgramOption] { [] }

  /// Checks settings that must fit together, such as two times of which one must be longer.
  ///
  /// Called when all settings have been read: at the start before anything is opened, with `--check`, with
  /// `--try`, and on SIGHUP before ``reload()``. It may read files, and must not change anything.
  /// - Throws: what the override throws. The program reports it and ends with status 1, or with status 64
  ///   if it is a ``MilterUsageError``, with `--check` with 78. On SIGHUP all settings stay as they were.
  open class func checkSettings() throws {}

  /// Performs work that needs the privileges that the program was started with; called once by ``main()``,
  /// before ``prepare()``.
  ///
  /// The command line has been read and the sockets are open, but `--user` has not taken effect. Read a
  /// private key here, or open a file that only root can open. Files made here belong to root.
  ///
  /// With `--workers` each worker calls it, so the supervisor of a class that overrides it keeps its
  /// privileges.
  ///
  /// Also called with `--try`, and without `--user`; the program may then have no privileges.
  /// - Throws: what the override throws; the program reports it and ends with status 1.
  open class func prepareAsRoot() throws {}

  /// Whether ``prepareAsRoot()`` does anything, so that it needs the rights that the program was started
  /// with.
  class var preparesAsRoot: Bool { PrivilegeProbe.overrides(self, beyond: MilterBase.self) }

  /// Gets the filter ready; called once before the first connection.
  ///
  /// Called by ``MilterServer/run()`` and ``MilterServer/serve()``, and so in every filter program. The
  /// sockets are open. In a program the command line has been read and privileges are given up
  /// (`--user`), so files made here belong to the user the filter runs as. With `--try` it is called
  /// before the first message.
  /// - Throws: what the override throws. The server stops and throws it; a program reports it and ends
  ///   with status 1, or with status 64 if it is a ``MilterUsageError``.
  open class func prepare() throws {}

  /// Reads the filter's configuration again; called only on SIGHUP, so ``prepare()`` may also call it.
  ///
  /// Keep the configuration in a static property with a `Mutex`, and copy it to a stored property of the
  /// instance. Then new connections get the new configuration, and existing connections end with the one
  /// they began with. The article Operating has an example.
  ///
  /// Called by ``MilterServer/run()``, and so in every filter program, on a thread of its own, one
  /// call after the other. libmilter has no equivalent: there SIGHUP stops the filter.
  /// - Throws: what the override throws; it is logged, and all should stay as it was.
  open class func reload() throws {}

  // MARK: The end of a message

  /// The message ended, whatever became of it.
  ///
  /// Called exactly once for each message that began, after the last of its callbacks and before the
  /// next message's first one and ``Milter/close()``. A message begins with MAIL, or with the first command
  /// about it that the MTA sends. It ends with:
  ///
  /// - the verdict of ``Milter/eom()``, or a verdict of an earlier callback about the message;
  /// - ``Milter/abort()``: the client or another filter ended the message, or a new one began;
  /// - the end of the connection: the MTA hung up, a callback ran too long, or the server stopped.
  ///
  /// Put the end of a message's work here: close a file, release a reservation. Properties declared
  /// ``PerMessage`` still have their values and are reset afterward. The message can no longer be
  /// changed, and ``getsymval(_:)-(MilterMacroName)`` may no longer know its macros. No timeout applies; the
  /// MTA gets the verdict after this method returns.
  ///
  /// libmilter has no equivalent: its filters free a message's state in `xxfi_eom`, `xxfi_abort`,
  /// `xxfi_close`, and wherever a callback returns a verdict.
  open func messageEnded() {}

  // MARK: For the engine

  /// The filter as the engine sees it.
  func makeHandler() -> any SessionHandler { MilterHandler(Milter()) }
}
