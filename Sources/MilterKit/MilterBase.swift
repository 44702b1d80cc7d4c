import MilterRuntime

/// The base class of all filters: name, actions, macros, replies, and log.
///
/// A filter inherits from ``Milter``, whose callbacks may block their thread, or from ``AsyncMilter``, whose
/// callbacks may suspend. A direct subclass of this class has no callbacks, and gets no mail.
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
/// - ``isRejectedRecipient``
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
/// - ``delheaders(_:_:)``
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
  /// The answer of a callback.
  public typealias Status = MilterStatus

  // Each action reads the connection, and each message the list of resets, so checks of exclusive access would cost
  // time. The connection is set before the first callback. Only the thread of the callbacks uses the list, and no
  // access lasts while a closure or a filter's deinit runs; see resetMessageProperties().
  /// The filter's connection; `nil` until the filter is attached to one.
  @exclusivity(unchecked) final var context: Conversation?

  /// The functions that reset the properties that the current message has used; see ``PerMessage``.
  @exclusivity(unchecked) final var messageResets: [() -> Void] = []
  /// The notes about the message: those of the chain, or the filter's own after their first use.
  final var heldNotes: MilterNotes?

  /// Whether callbacks and actions have header values with a leading space, although the MTA does not send it.
  final var fakesLeadingSpace = false

  /// Whether the filter changes messages as values, and not by calling actions.
  final var changesValues = false

  /// Creates the filter for one connection.
  ///
  /// The initializer is called on the connection's thread, before the first callback. If a subclass needs
  /// arguments, declare another initializer, and create the filter in ``MilterServer``'s closure.
  public required init() {}

  // MARK: About the filter

  /// The filter's name in messages, in the log, in syslog, and in the label `filter` of its metrics.
  ///
  /// The default is the program's file name for the class that ``main()`` runs, otherwise the type's
  /// name. The corresponding libmilter field is `xxfi_name`.
  open class var name: String { ProgramName.of(self) ?? "\(self)" }

  /// The changes that the filter wants to make; `nil`, the default, requests all that the MTA offers.
  ///
  /// If the MTA does not offer one of these actions, the server closes the connection, and the log names the
  /// action. The corresponding libmilter field is `xxfi_flags`.
  open class var actions: MilterActionFlags? { nil }

  /// The callbacks of the filter; by default those that the class overrides.
  ///
  /// The MTA does not send steps without a callback. Override this property to name the callbacks explicitly,
  /// for example if a callback is useful only in some configurations.
  open class var callbacks: MilterCallbacks { [] }

  /// The macros that the filter requests at some stages, instead of the MTA's default macros; by default none.
  ///
  /// ```swift
  /// override class var macros: [MilterStage: [MilterMacroName]] {
  ///   [.connect: [.clientAddr, .daemonPort], .envfrom: [.authAuthen]]
  /// }
  /// ```
  ///
  /// List all macros that the filter reads at the stage, because the MTA sends no others. An MTA that does not
  /// support requests sends its default macros. A call of ``setsymlist(_:_:)`` in ``Milter/negotiate(_:_:)``
  /// replaces the list for that stage.
  ///
  /// If a stage has more than 50 names or a name contains spaces, the server closes the connection and logs
  /// the reason. The corresponding libmilter function is `smfi_setsymlist`.
  open class var macros: [MilterStage: [MilterMacroName]] { [:] }

  /// The callbacks that always return `.continue`, so that the MTA need not wait for a reply; by default none.
  ///
  /// Each of them saves a round trip to a distant filter. Callbacks from `connect` to `body` are possible. If
  /// the MTA waits for a reply, the library sends it. If such a callback returns a verdict or throws, the
  /// verdict is sent at the next step with a reply, and the log reports that. A verdict of
  /// ``Milter/envrcpt(_:_:)-(String,_)`` then applies to the whole message.
  ///
  /// If a callback must have a reply, the server closes the connection and logs the reason. The corresponding
  /// libmilter flags are `SMFIP_NR_*`.
  open class var noReply: MilterCallbacks { [] }

  /// Whether header values include the space after the colon, as in the message; `false` by default.
  ///
  /// It applies to ``Milter/header(_:_:)-(String,_)`` and for the values of ``addheader(_:_:)-(_,String)``,
  /// ``insheader(_:_:_:)-(_,_,String)``, and ``chgheader(_:_:_:)-(_,_,String?)``: write `" yes"` for `X-Seen:
  /// yes`. If the MTA does not send the space, the library adds one to each value.
  ///
  /// The corresponding libmilter flag is `SMFIP_HDR_LEADSPC`.
  open class var leadingSpace: Bool { false }

  /// Whether ``Milter/envrcpt(_:_:)-(String,_)`` is also called for recipients that the MTA has rejected; `false` by
  /// default.
  ///
  /// For such a recipient ``isRejectedRecipient`` is `true`, and the status of `envrcpt` has no effect.
  /// `getsymval(.rcptHost)` is then usually the enhanced status code, and `.rcptAddr` the MTA's text. An MTA
  /// without this feature sends only accepted recipients.
  ///
  /// The corresponding libmilter flag is `SMFIP_RCPT_REJ`.
  open class var rejectedRecipients: Bool { false }

  /// Whether the MTA sends all data for ``ClientReporting/client`` and ``ClientReporting/mta``; `false` by
  /// default.
  ///
  /// The MTA then sends connect and HELO even if the filter does not override these callbacks, without
  /// waiting for a reply, and sends the required macros in addition to those in ``macros``.
  open class var wantsClient: Bool { false }

  /// The maximum time, in seconds, that a callback of the filter takes; `nil`, the default, if the filter has
  /// no limit.
  ///
  /// `--help` prints lines for Sendmail and Postfix with longer timeouts, so that the MTA waits for the
  /// filter's answer. Sendmail's default timeout is only 10 seconds.
  open class var answerTime: Int? { nil }

  /// The maximum number of worker processes of `--workers`; `nil`, the default, for any number.
  ///
  /// Workers share no memory, and each calls ``prepare()``. If a filter keeps state in memory, or in a file
  /// that only one process may write, return 1. The service then still survives a crash.
  ///
  /// libmilter has no equivalent.
  open class var maxWorkers: Int? { nil }

  /// The filter's own options, in addition to those of every filter; none by default.
  ///
  /// `--help` lists them first. If an option has the name of an option of every filter, such as `timeout`, the
  /// program ends with status 1. See ``MilterSetting``.
  open class var programOptions: [any MilterProgramOption] { [] }

  /// Checks settings that must be consistent, for example that one time is longer than another.
  ///
  /// Called after all settings have been read: at the start before anything is opened, with `--check`, with
  /// `--try`, and on SIGHUP before ``reload()``. It may read files, and must not change anything.
  /// - Throws: Any error. The program reports it and ends with status 1, with status 64 for a
  ///   ``MilterUsageError``, or with status 78 with `--check`. On SIGHUP, all settings stay as they were.
  open class func checkSettings() throws {}

  /// Performs work that needs the privileges with which the program was started; called once by ``main()``,
  /// before ``prepare()``.
  ///
  /// The command line has been read and the sockets are open, but `--user` has not taken effect. For example,
  /// read a private key here, or open a file that only root can open. New files belong to root.
  ///
  /// With `--workers`, each worker calls this method. So the supervisor of a class that overrides it keeps its
  /// privileges.
  ///
  /// Also called with `--try`, and without `--user`. The program may then have no privileges.
  /// - Throws: Any error. The program reports it and ends with status 1.
  open class func prepareAsRoot() throws {}

  /// Whether the class overrides ``prepareAsRoot()``, and so needs the privileges with which the program was
  /// started.
  class var preparesAsRoot: Bool { PrivilegeProbe.overrides(self, beyond: MilterBase.self) }

  /// Prepares the filter; called once before the first connection.
  ///
  /// ``MilterServer/run()`` and ``MilterServer/serve()`` call it, and so does every filter program. The sockets
  /// are open. In a program, the command line has been read and `--user` has taken effect, so new files belong
  /// to the filter's user. With `--try`, it is called before the first message.
  /// - Throws: Any error. The server stops and throws it. A program reports it and ends with status 1, or with
  ///   status 64 for a ``MilterUsageError``.
  open class func prepare() throws {}

  /// Reloads the filter's configuration; called only on SIGHUP, so ``prepare()`` may also call it.
  ///
  /// Keep the configuration in a static property with a `Mutex`, and copy it to a stored property of the
  /// instance. Then new connections use the new configuration, and existing connections keep the old one. The
  /// article Operating has an example.
  ///
  /// ``MilterServer/run()`` calls it, and so does every filter program, on a separate thread, one call after
  /// the other. libmilter has no equivalent: there, SIGHUP stops the filter.
  /// - Throws: Any error. It is logged, and the old configuration should stay in use.
  open class func reload() throws {}

  // MARK: The end of a message

  /// Called after a message has ended, however it ended.
  ///
  /// Called exactly once for each message, after its last callback, and before the first callback of the next
  /// message and ``Milter/close()``. A message begins with MAIL, or with the first command about it that the
  /// MTA sends. It ends with:
  ///
  /// - the verdict of ``Milter/eom()``, or a verdict of an earlier callback about the message
  /// - ``Milter/abort()``: the client or another filter aborted the message, or a new one began
  /// - the end of the connection: the MTA closed it, a callback exceeded its time limit, or the server stopped
  ///
  /// Clean up after the message here: close a file, or release a reservation. Properties declared
  /// ``PerMessage`` still have their values and are reset afterward. The message can no longer be changed, and
  /// ``getsymval(_:)-(MilterMacroName)`` may no longer know its macros. No timeout applies; the MTA gets the
  /// verdict after this method returns.
  ///
  /// libmilter has no equivalent: its filters free the state of a message in `xxfi_eom`, `xxfi_abort`,
  /// `xxfi_close`, and before each return of a verdict.
  open func messageEnded() {}

  // MARK: For the engine

  /// Creates the handler with which the engine calls the filter.
  func makeHandler() -> any SessionHandler { MilterHandler(Milter()) }
}
