public import MilterCore

/// How a ``MilterServer`` listens and how far it goes.
///
/// Every property has a default that suits a filter under Sendmail or Postfix.
public struct MilterConfiguration: Sendable {
  /// How long an MTA may be silent, or take no replies, before its connection is closed.
  ///
  /// Counted from the last whole command; 7,210 seconds by default, as with libmilter, which does
  /// not enforce it between commands. The corresponding libmilter function is `smfi_settimeout`.
  public var timeout: Duration = .seconds(7210)

  /// The time that a peer has, from its connection on, to negotiate the options; 60 seconds by default.
  ///
  /// An MTA negotiates first and at once. A peer that has not done so holds a file descriptor for this
  /// long at most, whatever else it sends; the server then closes the connection. Has no effect if
  /// ``timeout`` is shorter. libmilter has no equivalent.
  public var negotiationTimeout: Duration = .seconds(60)

  /// How many connections the system may hold before they are accepted; 128 by default.
  ///
  /// The corresponding libmilter function is `smfi_setbacklog`.
  public var backlog: Int = 128

  /// The mode of unix-domain sockets, such as `0o660`; nil for what the umask leaves, or for `0o660`
  /// if there is a ``socketGroup``.
  ///
  /// An MTA has to be able to write to the socket: Postfix does so as user `postfix`.
  public var socketMode: UInt16?

  /// The group of unix-domain sockets, by name or number; nil for the process's own.
  ///
  /// Its members may connect, unless ``socketMode`` says something else.
  public var socketGroup: String?

  /// Most connections at a time; nil for no limit.
  ///
  /// Beyond it none is accepted: further ones wait in the ``backlog`` until one ends, and are refused
  /// by nobody. When that is full as well, the system has TCP clients try again and clients of unix
  /// sockets wait. An MTA that waits longer than its own timeout does what it does without a
  /// filter. The log says when the limit is reached, and when nobody waits any longer.
  public var maxConnections: Int?

  /// Most threads that run callbacks; 4,096 by default.
  ///
  /// Only a connection with work to do has a thread. Up to 64 threads are started at once, more while
  /// callbacks block. When all are taken, commands wait for one.
  public var maxThreads: Int = 4096

  /// How long a thread stays with a silent connection before it goes back to the pool.
  ///
  /// 100 milliseconds by default: longer than a busy MTA takes from one command to the next. With a
  /// connection that had more to say soon after its thread had left, threads stay ten times as long:
  /// its client is far away, or the machine under full load, and a change of threads costs as much
  /// as several commands. When all threads are taken, none stays.
  public var linger: Duration = .milliseconds(100)

  /// The stack of each thread that runs callbacks, in bytes; 8 MiB by default.
  ///
  /// Untouched pages cost nothing.
  public var stackSize: Int = 8 << 20

  /// How long a callback may take; nil, the default, for any time.
  ///
  /// When the time is over, the MTA is answered ``callbackFallback`` without the callback, which
  /// goes on: its actions throw, what it returns is dropped, and its connection is closed when it
  /// has returned. A step that has no reply, and `negotiate`, `abort` and `close`, cannot be
  /// answered: the connection is closed towards the MTA at once.
  ///
  /// Choose less than the MTA's own patience, after which it decides by itself. The time is looked
  /// at every tenth of it, or every second.
  public var callbackTimeout: Duration?

  /// How long some callbacks may take, in place of ``callbackTimeout``.
  public var callbackTimeouts: [MilterCallback: Duration] = [:]

  /// What is answered for a callback that takes too long: `.tempfail`, the default, `.reject`,
  /// `.accept` or `.discard`.
  ///
  /// `.accept` becomes `.tempfail` if some changes to the message have been sent, which needs more of
  /// them than ``maxHeldChanges``.
  public var callbackFallback: MilterStatus = .tempfail

  /// Whether the filter runs without changing or refusing anything; `false` by default.
  ///
  /// For a filter that is tried on live mail. All callbacks run. An action is checked and not sent, and a
  /// verdict that would refuse mail or throw it away is answered with accept or, about a recipient or an
  /// unknown command, with continue. For each such verdict and each changed message the log has a line at
  /// ``MilterLogLevel/notice`` with what would have been done, names and sizes without content;
  /// ``MilterStatistics/shadowedRefusals`` and ``MilterStatistics/shadowedChanges`` count it.
  /// ``MilterStatistics/answers`` has what the filter returned. ``callbackFallback`` is `.accept`.
  ///
  /// libmilter has no equivalent.
  public var shadow = false

  /// What the MTA is answered for a callback that throws; ``MilterErrorAnswer/tempfail`` by default.
  ///
  /// A filter that only observes, such as one for statistics, can let mail pass with
  /// ``MilterErrorAnswer/accept``. The log has a line for each callback that throws, whatever is
  /// answered. `negotiate`, which cannot be answered, closes the connection if it throws.
  public var onError = MilterErrorAnswer.tempfail

  /// How often the MTA gets a progress packet while a callback runs; `nil`, the
  /// default, for never.
  ///
  /// It is done where MTAs understand it: in `eom`, with Postfix in all callbacks that are answered.
  /// A new body that is being sent already goes on with its next piece instead. See
  /// ``MilterBase/progress()``. Without ``callbackTimeout`` a callback that hangs is then waited for as long as the MTA can bear.
  public var keepalive: Duration?

  /// The number of bytes of changes to a message that are held until ``Milter/eom()`` has returned; 4
  /// MiB by default.
  ///
  /// Up to here a filter that is killed, or whose connection is cut, in the middle of `eom` leaves the
  /// message as it was, also where the MTA accepts messages without the filter. Beyond it, changes
  /// are sent while `eom` runs, and a filter that ends then leaves the message half new. All callbacks
  /// that run at the same time hold their own. `libmilter` has no equivalent: it sends each change at
  /// once.
  public var maxHeldChanges: Int = 4 << 20

  /// How long ``MilterServer/run()`` waits for messages in flight when it stops; 30
  /// seconds by default.
  public var drain: Duration = .seconds(30)

  /// Gets the filter ready, when ``MilterServer/run()`` or ``MilterServer/serve()`` has opened the
  /// sockets and before the first connection.
  ///
  /// Called once, on the thread that called the server. What it throws ends the server, and the method
  /// throws it. `nil`, the default, calls ``MilterBase/prepare()`` of the class that the server makes
  /// filters of; a program that makes filters of several classes gets them ready here.
  public var prepare: (@Sendable () throws -> Void)?

  /// Reads the filter's configuration again, when ``MilterServer/run()`` gets SIGHUP.
  ///
  /// Called on a thread of its own, one call after the other. What it throws is logged. Nil calls
  /// ``MilterBase/reload()`` of the class that the server makes filters of; a program that makes filters
  /// of several classes, or keeps their configuration elsewhere, says here what is to be done.
  public var reload: (@Sendable () throws -> Void)?

  /// Says, when the server stops, whether the files of unix-domain sockets stay.
  package var leavesSocketFiles: @Sendable () -> Bool = { false }

  /// Has the server stop, for ``MilterBase/stopServer()``; set by the server.
  package var requestStop: (@Sendable () -> Void)?

  /// The channel to the supervisor; nil if the process is not a worker.
  package var worker: WorkerLink?

  /// The epoch of the program's settings; nil for servers without a program.
  package var epoch: SettingsEpoch?

  /// Whether a filter is made, and closed, for connections that end without a byte.
  package var tellsOfProbes = false

  /// Where the log goes.
  public var log = MilterLog()

  /// The file with the server's statistics for Prometheus; `nil` for none.
  public var metrics: MilterMetrics?

  /// The socket on which the server's statistics can be read; nil for none.
  public var metricsListener: MilterMetricsListener?

  /// The socket on which `milter status` asks what the server does; nil for none.
  public var control: MilterControlSocket?

  /// Whether the time of each callback is measured; false by default.
  ///
  /// ``metrics`` and ``metricsListener`` measure it in any case. It costs two looks at the clock for each callback.
  public var timesCallbacks = false

  /// Makes a configuration; what is left out has its default.
  ///
  /// The parameters are the properties of the same names.
  public init(
    timeout: Duration = .seconds(7210),
    negotiationTimeout: Duration = .seconds(60),
    backlog: Int = 128,
    socketMode: UInt16? = nil,
    socketGroup: String? = nil,
    maxConnections: Int? = nil,
    maxThreads: Int = 4096,
    linger: Duration = .milliseconds(100),
    stackSize: Int = 8 << 20,
    callbackTimeout: Duration? = nil,
    callbackTimeouts: [MilterCallback: Duration] = [:],
    callbackFallback: MilterStatus = .tempfail,
    onError: MilterErrorAnswer = .tempfail,
    keepalive: Duration? = nil,
    maxHeldChanges: Int = 4 << 20,
    drain: Duration = .seconds(30),
    shadow: Bool = false,
    prepare: (@Sendable () throws -> Void)? = nil,
    reload: (@Sendable () throws -> Void)? = nil,
    log: MilterLog = MilterLog(),
    metrics: MilterMetrics? = nil,
    metricsListener: MilterMetricsListener? = nil,
    control: MilterControlSocket? = nil,
    timesCallbacks: Bool = false
  ) {
    self.timeout = timeout
    self.negotiationTimeout = negotiationTimeout
    self.backlog = backlog
    self.socketMode = socketMode
    self.socketGroup = socketGroup
    self.maxConnections = maxConnections
    self.maxThreads = maxThreads
    self.linger = linger
    self.stackSize = stackSize
    self.callbackTimeout = callbackTimeout
    self.callbackTimeouts = callbackTimeouts
    self.callbackFallback = callbackFallback
    self.onError = onError
    self.keepalive = keepalive
    self.maxHeldChanges = maxHeldChanges
    self.drain = drain
    self.shadow = shadow
    self.prepare = prepare
    self.reload = reload
    self.log = log
    self.metrics = metrics
    self.metricsListener = metricsListener
    self.control = control
    self.timesCallbacks = timesCallbacks
  }
}
