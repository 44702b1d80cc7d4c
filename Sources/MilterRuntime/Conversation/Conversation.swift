package import MilterCore
package import MilterSystem

/// The dialog of one MTA and one filter: bytes come in, callbacks run, answers go out.
///
/// ```
/// MTALink ─▶ ReceiveBuffer ▶ FilterSession ─▶ SessionHandler
///    ▲                            │ ▲               │
///    │                            ▼ └── status ◀────┤
///    └─────────────────────── ReplyBuffer ◀─ actions┘
/// ```
///
/// ``exchange(_:)`` is all of it on one page. The conversation is the only caller of callbacks, and
/// what a filter's functions work on. Everything between a frame and a callback that needs no filter is
/// ``/MilterCore/FilterSession``'s business.
///
/// It belongs to the thread that runs the connection, as the filter instance does, and no access to
/// a property lasts while a callback runs. So the compiler's checks of overlapping accesses, which
/// would be a quarter of what a command costs, have nothing to find. Where a filter's functions may be
/// called from other threads, ``lock`` guards everything but the input and the current command.
/// The corresponding libmilter type is `SMFICTX`.
package final class Conversation {
  // MARK: State of the dialog

  @exclusivity(unchecked) package var session = FilterSession(callbacks: [])
  @exclusivity(unchecked) var input = ReceiveBuffer()
  /// The command that is being worked on.
  @exclusivity(unchecked) var current: Frame?
  @exclusivity(unchecked) var output = ReplyBuffer()
  /// Whether the MTA has not taken all that was sent; ``flush()`` tries again.
  @exclusivity(unchecked) var isBlocked = false
  /// Why no more can be sent: a reply went out in part, and anything would pass for its rest.
  @exclusivity(unchecked) var breakdown: SocketError?
  /// When the last piece of a body was sent as a sign of life, by ``CoarseClock``.
  @exclusivity(unchecked) var lastPiece: UInt64 = 0
  let link: any MTALink
  @exclusivity(unchecked) var isTCP = false

  // MARK: Participants

  /// The filter; nil until the first bytes come, so that a mere probe of the port costs none, and
  /// after the end.
  ///
  /// It refers to its conversation: code that ends the conversation must release it.
  @exclusivity(unchecked) var handler: (any SessionHandler)?
  /// Makes it; nil once it has.
  private var makeHandler: (() -> any SessionHandler)?
  /// Guards the conversation from the filter's other threads; nil if the filter cannot have any.
  ///
  /// A filter in C may call any function about a connection from any thread. The connection's thread
  /// holds the lock while it works on commands and sends, but not while a callback runs; each function
  /// holds it for its whole call. So the frames of a call stay together, in the order of the calls.
  ///
  /// Uncontended it costs 36 ns a call: `smfi_getpriv` takes 40 ns of processor time with it and 4
  /// without, side by side on one machine. A message of 25 commands takes 11 µs either way.
  @exclusivity(unchecked) package var lock: SystemLock?
  /// The callback that runs in a task, or is to.
  @exclusivity(unchecked) var due: MilterCallback?
  /// Runs what is left of callbacks that suspend.
  package private(set) lazy var executor = CallbackExecutor(threads)
  private let threads: any CallbackThreads

  // MARK: Observers

  /// How many commands were worked on.
  @exclusivity(unchecked) var commandCount = 0
  /// The counters of the serving thread; nil while a callback is suspended.
  @exclusivity(unchecked) var counters: ThreadCounters?
  /// Whether the thread counts as one that runs a callback.
  @exclusivity(unchecked) var isInTurn = false
  /// Count what a callback sends that suspended.
  let serverCounters: ServerCounters?
  /// Count what the members of a chain do; nil outside of a server.
  package var memberCounters: MemberCounters? { serverCounters?.members }
  /// Shows other threads the state of the connection; nil if there are no other threads.
  let presence: Presence?
  /// Whether others know the queue ID of the message.
  @exclusivity(unchecked) var isNamed = false
  /// The place where it was found.
  @exclusivity(unchecked) var queueIDPlace: MilterSymbols.Place?
  /// The message under way in the logs of its callbacks' tasks; nil where these run in none.
  @exclusivity(unchecked) private(set) var message: LogMessage?
  /// The watch over the callbacks; nil if they have no limits.
  let watch: CallbackWatch?
  /// Whether the time of each callback is counted.
  let timesCallbacks: Bool
  /// When the callback under way began, in nanoseconds, if times are counted.
  @exclusivity(unchecked) var since: UInt64 = 0
  /// The log, for lines about the connection.
  @exclusivity(unchecked) private var connectionLog: MilterLog
  private let number: Int
  /// The filter's name in the log; nil for its own name.
  @exclusivity(unchecked) var logName: String?
  /// Whether a callback has thrown.
  @exclusivity(unchecked) var hasThrown = false
  /// Asked before a line is made: that costs much even if it is not written.
  let logLevel: MilterLogLevel
  /// How long a callback waits, in all, for the MTA to take what it sends.
  let patience: Duration
  /// The number of bytes of changes beyond which they are released early.
  private let mostHeld: Int
  /// The actions that the filter would have taken, in shadow mode.
  @exclusivity(unchecked) var shadow: Shadow?
  /// The answer for a callback that throws.
  let onError: MilterErrorAnswer
  /// Has the server stop, without waiting for it.
  package let requestStop: (@Sendable () -> Void)?

  /// Makes the conversation of a connection, by whose number the log knows it.
  init(
    _ link: any MTALink, name: String, connection number: Int, configuration: MilterConfiguration,
    watch: CallbackWatch? = nil, presence: Presence? = nil, threads: any CallbackThreads,
    counters: ServerCounters? = nil, makeHandler: @escaping () -> any SessionHandler
  ) {
    self.link = link
    self.number = number
    patience = configuration.timeout
    mostHeld = configuration.maxHeldChanges
    shadow = configuration.shadow ? Shadow() : nil
    onError = configuration.onError
    requestStop = configuration.requestStop
    self.watch = watch
    self.presence = presence
    self.threads = threads
    self.makeHandler = makeHandler
    serverCounters = counters
    timesCallbacks = counters?.timesCallbacks ?? false
    connectionLog = configuration.log
    // A reload changes the level of later connections.
    connectionLog.level = configuration.log.level
    connectionLog.subject = LogSubject(name: name, connection: number)
    logLevel = connectionLog.level
  }

  /// Makes the filter, once.
  @discardableResult
  func attach() -> (any SessionHandler)? {
    guard let handler = makeHandler?() else { return nil }
    makeHandler = nil
    connectionLog.subject = LogSubject(name: logName ?? handler.name, connection: number)
    session = FilterSession(callbacks: handler.callbacks, rules: handler.rules)
    output = noOutput
    isTCP = link.isTCP
    self.handler = handler
    handler.attach(to: self)
    return handler
  }

  /// The output when there is nothing to send.
  var noOutput: ReplyBuffer { ReplyBuffer(session.rules, mostHeld: mostHeld) }

  /// Whether there is a filter.
  var hasFilter: Bool { handler != nil }

  /// Lets go of the filter.
  func letGo() { handler = nil }

  /// The log, for lines about the connection and, once its queue id is known, the message.
  package var log: MilterLog {
    var log = connectionLog
    log.subject?.symbols = session.symbols
    return log
  }

  /// The log for the filter's lines about the callback under way.
  package var filterLog: MilterLog {
    var log = log
    log.subject?.presence = presence
    return log
  }

  /// The log of the tasks of callbacks gets a message, or is about none from now on.
  package func setMessage(_ message: LogMessage?) { self.message = message }

  /// Whether a message is under way still.
  package func isUnderWay(_ message: LogMessage) -> Bool { self.message === message }

  /// The message for log lines of the due callback: the one under way, or one with the current queue ID.
  package var messageOfDue: LogMessage {
    message ?? LogMessage(queueID: session.find("i")?.value)
  }

  /// The log for the tasks of callbacks, whose lines are about a message however long the tasks live.
  package func log(about message: LogMessage) -> MilterLog {
    var log = connectionLog
    log.subject?.message = message
    log.subject?.presence = presence
    return log
  }

  /// Runs `body` while no other thread works on the conversation.
  func withLock<Result>(_ body: (Conversation) throws -> Result) rethrows -> Result {
    lock?.lock()
    defer { lock?.unlock() }
    return try body(self)
  }
}
