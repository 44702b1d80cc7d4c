package import MilterCore
package import MilterSystem

/// The dialog of one MTA and one filter: it reads commands, calls callbacks, and writes answers.
///
/// ```
/// MTALink ─▶ ReceiveBuffer ▶ FilterSession ─▶ SessionHandler
///    ▲                            │ ▲               │
///    │                            ▼ └── status ◀────┤
///    └─────────────────────── ReplyBuffer ◀─ actions┘
/// ```
///
/// ``exchange(_:)`` shows all of it. Only the conversation calls callbacks, and the filter's methods work on
/// it. ``/MilterCore/FilterSession`` handles everything between a frame and a callback that needs no filter.
///
/// The conversation belongs to the connection's thread, as the filter does. No access to a property lasts while
/// a callback runs. So exclusivity checks, which would cost a quarter of a command's time, cannot find
/// anything. If other threads may call a filter's functions, ``lock`` guards everything except the input and
/// the current command. The corresponding libmilter type is `SMFICTX`.
package final class Conversation {
  // MARK: State of the dialog

  /// The session; ``attach()`` replaces it.
  @exclusivity(unchecked) package var session = FilterSession(callbacks: .all)
  @exclusivity(unchecked) var input = ReceiveBuffer()
  /// The current command.
  @exclusivity(unchecked) var current: Frame?
  @exclusivity(unchecked) var output = ReplyBuffer()
  /// Whether the MTA has not read all output; ``flush()`` tries again.
  @exclusivity(unchecked) var isBlocked = false
  /// Whether the last exchange has left output that the MTA has not read; only the connection's thread uses it.
  @exclusivity(unchecked) var endedBlocked = false
  /// The error after which nothing more can be sent: a reply was sent in part, and the MTA would take any other
  /// bytes as its rest.
  @exclusivity(unchecked) var breakdown: SocketError?
  /// The time when a part of a body was last sent instead of a progress packet, by ``CoarseClock``.
  @exclusivity(unchecked) var lastPiece: UInt64 = 0
  let link: MTALink
  @exclusivity(unchecked) var isTCP = false

  // MARK: Participants

  /// The filter; `nil` after the end, and before the first bytes arrive, so that a probe of the port creates no
  /// filter.
  ///
  /// It refers to its conversation, so the code that ends the conversation must release it.
  @exclusivity(unchecked) var handler: (any SessionHandler)?
  /// Creates the handler; `nil` after that.
  private var makeHandler: (() -> any SessionHandler)?
  /// Guards the conversation from the filter's other threads; `nil` if there are none.
  ///
  /// A C filter may call any function of a connection from any thread. The connection's thread holds the lock
  /// while it handles commands and sends, but not while a callback runs. Each function holds it during its
  /// whole call. So the frames of a call stay together, in the order of the calls.
  ///
  /// Without contention, the lock costs 3 ns for each call: `smfi_getpriv` takes 4.4 ns of processor time with
  /// it and 1.4 ns without it.
  @exclusivity(unchecked) private(set) var lock: UnownedLock?
  /// Keeps the object of ``lock``, and is never replaced, because a thread may hold the lock.
  private var lockOwner: SystemLock?
  /// The callback that runs in a task, or must run in one.
  @exclusivity(unchecked) var due: MilterCallback?
  /// Runs the rest of callbacks that have suspended.
  package private(set) lazy var executor = CallbackExecutor(threads)
  private let threads: any CallbackThreads

  // MARK: Observers

  /// The number of handled commands.
  @exclusivity(unchecked) var commandCount = 0
  /// The counters of the serving thread; `nil` while a callback is suspended.
  @exclusivity(unchecked) var counters: ThreadCounters?
  /// The counters for a callback that has suspended.
  let serverCounters: ServerCounters?
  /// The counters of a chain's members; `nil` outside of a server.
  package var memberCounters: MemberCounters? { serverCounters?.members }
  /// The state of the connection for other threads; `nil` if there are none.
  let presence: Presence?
  /// Whether `presence` has the queue ID of the message.
  @exclusivity(unchecked) var isNamed = false
  /// The position where the queue ID was found.
  @exclusivity(unchecked) var queueIDPlace: MilterSymbols.Place?
  /// The current message in the logs of callbacks' tasks; `nil` if callbacks do not run in tasks.
  @exclusivity(unchecked) private(set) var message: LogMessage?
  /// The watch over the callbacks; `nil` if they have no limits.
  let watch: CallbackWatch?
  /// Whether the time of each callback is measured.
  let timesCallbacks: Bool
  /// The start of the current callback in nanoseconds, if times are measured.
  @exclusivity(unchecked) var since: UInt64 = 0
  /// The name in the log: the filter's, or the server's while there is no filter.
  @exclusivity(unchecked) private var name: String
  /// The connection's number in the log.
  private let number: Int
  /// Whether a callback has thrown.
  @exclusivity(unchecked) var hasThrown = false
  /// The level of the log, which is checked before a line is made, because making a line is expensive.
  ///
  /// A reload changes the level of later connections only.
  package let logLevel: MilterLogLevel
  /// The actions that the filter would have taken, in shadow mode.
  @exclusivity(unchecked) var shadow: Shadow?
  /// Whether commands may use the fast path, because nothing observes each command.
  let isShort: Bool
  /// The settings, which other conversations share.
  let settings: ConversationSettings

  /// Creates the conversation of a connection; its number identifies it in the log.
  init(
    _ link: MTALink, name: String, connection number: Int, settings: ConversationSettings,
    watch: CallbackWatch? = nil, presence: Presence? = nil, threads: any CallbackThreads,
    counters: ServerCounters? = nil, makeHandler: @escaping () -> any SessionHandler
  ) {
    self.link = link
    self.name = name
    self.number = number
    self.settings = settings
    logLevel = settings.log.level
    shadow = settings.isShadow ? Shadow() : nil
    self.watch = watch
    self.presence = presence
    self.threads = threads
    self.makeHandler = makeHandler
    serverCounters = counters
    timesCallbacks = counters?.timesCallbacks ?? false
    isShort =
      watch == nil && !timesCallbacks && !settings.isShadow && logLevel < .debug
  }

  /// Creates the filter, once.
  @discardableResult
  func attach() -> (any SessionHandler)? {
    guard let handler = makeHandler?() else { return nil }
    makeHandler = nil
    name = settings.name ?? handler.name
    session = FilterSession(callbacks: handler.callbacks, rules: handler.rules)
    output = noOutput
    isTCP = link.isTCP
    self.handler = handler
    handler.attach(to: self)
    return handler
  }

  /// An output buffer without content.
  var noOutput: ReplyBuffer { ReplyBuffer(session.rules, mostHeld: settings.mostHeld) }

  /// Sets the lock, before the first command.
  package func use(_ lock: SystemLock) {
    precondition(lockOwner == nil)
    lockOwner = lock
    self.lock = UnownedLock(lock)
  }

  /// The closure that stops the server without waiting, if there is one.
  package var requestStop: (@Sendable () -> Void)? { settings.requestStop }

  /// Whether there is a filter.
  var hasFilter: Bool { handler != nil }

  /// Releases the filter.
  func letGo() { handler = nil }

  /// Whether the log has lines about connections and verdicts, which are made only then.
  ///
  /// This is the log's own rule. A call of the log would copy it for each reply.
  var logsInfo: Bool { logLevel >= .info && settings.log.isWritten?(.info) ?? true }

  /// The log for lines about the connection.
  private var connectionLog: MilterLog {
    var log = settings.log
    log.level = logLevel
    log.subject = LogSubject(name: name, connection: number)
    return log
  }

  /// The log for lines about the connection and, once its queue ID is known, the message.
  package var log: MilterLog {
    var log = connectionLog
    log.subject?.symbols = session.symbols
    return log
  }

  /// The log for the filter's lines about the current callback.
  package var filterLog: MilterLog {
    var log = log
    log.subject?.presence = presence
    return log
  }

  /// Sets the message for the log of callbacks' tasks.
  package func setMessage(_ message: LogMessage?) { self.message = message }

  /// Whether a message is still in progress.
  package func isUnderWay(_ message: LogMessage) -> Bool { self.message === message }

  /// The message for log lines of the due callback: the current one, or one with the current queue ID.
  package var messageOfDue: LogMessage {
    if let message { return message }
    var queueID: [UInt8]?
    session.read("i") { id, _ in queueID = id.bytes(in: id.indices) }
    return LogMessage(queueID: queueID)
  }

  /// Returns the log for the tasks of callbacks.
  ///
  /// Its lines are about a message, even if a task continues after the message.
  package func log(about message: LogMessage) -> MilterLog {
    var log = connectionLog
    log.subject?.message = message
    log.subject?.presence = presence
    return log
  }

  /// Calls `body` while no other thread uses the conversation.
  func withLock<Result>(_ body: (Conversation) throws -> Result) rethrows -> Result {
    lock?.lock()
    defer { lock?.unlock() }
    return try body(self)
  }
}
