public import MilterCore

/// The settings and limits of a ``MilterServer``.
///
/// Every property has a default that suits a filter under Sendmail or Postfix.
public struct MilterConfiguration: Sendable {
  /// The time that an MTA may be silent, or take no replies, before its connection is closed.
  ///
  /// The time starts with the last complete command. The default is 7,210 seconds, as with libmilter, which
  /// does not enforce it between commands. The corresponding libmilter function is `smfi_settimeout`.
  public var timeout: Duration = .seconds(7210)

  /// The time that a peer has to negotiate the options after it has connected; 60 seconds by default.
  ///
  /// An MTA negotiates first and at once. If a peer does not, whatever else it sends, the server closes the
  /// connection after this time. It has no effect if ``timeout`` is shorter. libmilter has no equivalent.
  public var negotiationTimeout: Duration = .seconds(60)

  /// The maximum number of connections that the system holds before they are accepted; 128 by default.
  ///
  /// The corresponding libmilter function is `smfi_setbacklog`.
  public var backlog: Int = 128

  /// The mode of Unix-domain sockets, such as `0o660`; nil for the mode that the umask gives, or for
  /// `0o660` if there is a ``socketGroup``.
  ///
  /// The MTA must be able to write to the socket. Postfix runs as user `postfix`.
  public var socketMode: UInt16?

  /// The group of Unix-domain sockets, by name or number; nil for the group of the process.
  ///
  /// Its members may connect, unless ``socketMode`` forbids it.
  public var socketGroup: String?

  /// The maximum number of connections at a time; nil for no limit.
  ///
  /// Further connections are not refused: they wait in the ``backlog`` until one ends. If the backlog is
  /// full, the system makes TCP clients try again, and clients of Unix-domain sockets wait. An MTA that waits
  /// longer than its own timeout acts as without a filter. The log reports when the limit is reached, and
  /// when no MTA waits any longer.
  public var maxConnections: Int?

  /// The maximum number of threads that run callbacks; 4,096 by default.
  ///
  /// Only a connection with work to do has a thread. Up to 64 threads are started at once, and more while
  /// callbacks block. If all threads are busy, commands wait for one.
  public var maxThreads: Int = 4096

  /// The time that a thread stays with a silent connection before it returns to the pool.
  ///
  /// The default is 100 milliseconds, longer than a busy MTA takes from one command to the next. If the next
  /// command of a connection came soon after its thread had left, threads then stay ten times as long with
  /// it: its client is far away, or the machine is under full load, and a change of threads costs as much as
  /// several commands. If all threads are busy, none stays.
  public var linger: Duration = .milliseconds(100)

  /// The stack of each thread that runs callbacks, in bytes; 8 MiB by default.
  ///
  /// Pages that are not used take no memory.
  public var stackSize: Int = 8 << 20

  /// The time that a callback may take; nil, the default, for no limit.
  ///
  /// When the time is over, the server sends the MTA ``callbackFallback`` in place of the callback's answer.
  /// The callback continues, but its actions throw and its result is dropped. The connection is closed when
  /// it has returned. A step without a reply, `negotiate`, `abort`, and `close` cannot be answered: the
  /// server closes the connection to the MTA at once.
  ///
  /// Choose a shorter time than the MTA's own timeout. A callback may exceed it by a tenth, but at most by a
  /// second.
  public var callbackTimeout: Duration?

  /// The time limits of single callbacks, in place of ``callbackTimeout``.
  public var callbackTimeouts: [MilterCallback: Duration] = [:]

  /// The answer in place of a callback that takes too long: `.tempfail`, the default, `.reject`,
  /// `.accept` or `.discard`.
  ///
  /// `.accept` becomes `.tempfail` if changes to the message have already been sent. That happens only to
  /// changes larger than ``maxHeldChanges``.
  public var callbackFallback: MilterStatus = .tempfail

  /// Whether the filter runs without changing or refusing anything; `false` by default.
  ///
  /// Use it to try a filter on live mail. All callbacks run. An action is checked, but not sent. A verdict
  /// that would refuse or discard mail becomes accept or, for a recipient or an unknown command, continue.
  /// For each such verdict and each changed message, the log has a line at ``MilterLogLevel/notice`` with the
  /// intended action: names and sizes without content. ``MilterStatistics/shadowedRefusals`` and
  /// ``MilterStatistics/shadowedChanges`` count them. ``MilterStatistics/answers`` counts the statuses that
  /// the filter returned. ``callbackFallback`` is `.accept`.
  ///
  /// libmilter has no equivalent.
  public var shadow = false

  /// The answer for a callback that throws; ``MilterErrorAnswer/tempfail`` by default.
  ///
  /// A filter that only observes, such as one for statistics, can let mail pass with
  /// ``MilterErrorAnswer/accept``. The log has a line for each callback that throws, whatever
  /// the answer. `negotiate` cannot be answered: if it throws, the server closes the connection.
  public var onError = MilterErrorAnswer.tempfail

  /// The interval of progress packets to the MTA while a callback runs; `nil`, the default, for none.
  ///
  /// The packet is sent where MTAs understand it: in `eom`, and with Postfix in all callbacks that have a
  /// reply. If a new body is already being sent, its next piece is sent instead. See
  /// ``MilterBase/progress()``. Also set ``callbackTimeout``: otherwise the MTA waits for a callback that
  /// hangs as long as its own limits allow.
  public var keepalive: Duration?

  /// The number of bytes of changes to a message that are held until ``Milter/eom()`` has returned; 4
  /// MiB by default.
  ///
  /// As long as changes are held, a filter that is killed or disconnected during `eom` leaves the message
  /// unchanged, even if the MTA accepts messages without the filter. Above this number, changes are sent
  /// while
  /// `eom` runs, and a filter that ends then leaves the message partly changed. The number applies to each
  /// callback that runs. libmilter has no equivalent: it sends each change at once.
  public var maxHeldChanges: Int = 4 << 20

  /// The time that ``MilterServer/run()`` waits for messages in flight when it stops; 30 seconds by default.
  public var drain: Duration = .seconds(30)

  /// Gets the filter ready, when ``MilterServer/run()`` or ``MilterServer/serve()`` has opened the
  /// sockets and before the first connection.
  ///
  /// Called once, on the thread that called the server's method. An error that it throws ends the server, and
  /// the method throws that error. `nil`, the default, calls ``MilterBase/prepare()`` of the class that the
  /// server makes filters of; a program that makes filters of several classes gets them ready here.
  public var prepare: (@Sendable () throws -> Void)?

  /// Reads the filter's configuration again, when ``MilterServer/run()`` gets SIGHUP.
  ///
  /// Called on a thread of its own, one call after the other. An error that it throws is logged. `nil` calls
  /// ``MilterBase/reload()`` of the class that the server makes filters of. Set this if the program makes
  /// filters of several classes, or keeps their configuration elsewhere.
  public var reload: (@Sendable () throws -> Void)?

  /// Returns whether the files of Unix-domain sockets stay when the server stops.
  package var leavesSocketFiles: @Sendable () -> Bool = { false }

  /// Has the server stop, for ``MilterBase/stopServer()``; set by the server.
  package var requestStop: (@Sendable () -> Void)?

  /// The channel to the supervisor; nil if the process is not a worker.
  package var worker: WorkerLink?

  /// The epoch of the program's settings; nil for servers without a program.
  package var epoch: SettingsEpoch?

  /// Whether a filter is made, and closed, for connections that end without a byte.
  package var tellsOfProbes = false

  /// The destination of the log.
  public var log = MilterLog()

  /// The file with the server's statistics for Prometheus; `nil` for none.
  public var metrics: MilterMetrics?

  /// The socket on which the server's statistics can be read; nil for none.
  public var metricsListener: MilterMetricsListener?

  /// The socket for `milter status`; nil for none.
  public var control: MilterControlSocket?

  /// Whether the time of each callback is measured; false by default.
  ///
  /// ``metrics`` and ``metricsListener`` measure it in any case. It costs two readings of the clock for each
  /// callback.
  public var timesCallbacks = false

  /// Makes a configuration; a property that is left out has its default.
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
