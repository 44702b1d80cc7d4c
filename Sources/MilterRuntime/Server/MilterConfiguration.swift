public import MilterCore

/// The settings and limits of a ``MilterServer``.
///
/// Every property has a default that suits a filter under Sendmail or Postfix.
public struct MilterConfiguration: Sendable {
  /// The time that an MTA may be silent, or not read its replies, before its connection is closed.
  ///
  /// The time starts with the last complete command. The default is 7,210 seconds, as in libmilter, which does
  /// not enforce the limit between commands. The corresponding libmilter function is `smfi_settimeout`.
  public var timeout: Duration

  /// The time that a peer has to negotiate the options after it has connected; 60 seconds by default.
  ///
  /// An MTA negotiates first and at once. If a peer has not negotiated after this time, the server closes the
  /// connection, even if the peer has sent other bytes. The property has no effect if ``timeout`` is shorter.
  /// libmilter has no equivalent.
  public var negotiationTimeout: Duration

  /// The maximum number of connections in the system's queue before they are accepted; 128 by default.
  ///
  /// The corresponding libmilter function is `smfi_setbacklog`.
  public var backlog: Int

  /// The mode of Unix-domain sockets, such as `0o660`; `nil` for the mode of the umask, or for `0o660` if there
  /// is a ``socketGroup``.
  ///
  /// The MTA must be able to write to the socket. Postfix runs as the user `postfix`.
  public var socketMode: UInt16?

  /// The group of Unix-domain sockets, by name or number; `nil` for the group of the process.
  ///
  /// Members of the group may connect, unless ``socketMode`` forbids it.
  public var socketGroup: String?

  /// The maximum number of connections at a time; `nil` for no limit.
  ///
  /// Further connections are not refused: they wait in the ``backlog`` until one ends. If the backlog is full,
  /// the system makes TCP clients try again, and clients of Unix-domain sockets wait. If an MTA's timeout ends
  /// first, it acts as configured for a filter that fails. The log reports when the limit is reached, and when
  /// no MTA waits any longer.
  public var maxConnections: Int?

  /// The maximum number of threads that run callbacks; 4,096 by default.
  ///
  /// Only a connection with work to do has a thread. Up to 64 threads are started at once, and more while
  /// callbacks block. If all threads are busy, commands wait for one.
  public var maxThreads: Int

  /// The time that a thread stays with a silent connection before it returns to the pool.
  ///
  /// The default is 100 milliseconds, longer than a busy MTA takes from one command to the next. If the next
  /// command of a connection comes soon after its thread has left, threads stay ten times as long from then on:
  /// the client is far away, or the machine is under full load, and a change of threads costs as much as
  /// several commands. If all threads are busy, no thread stays.
  public var linger: Duration

  /// The stack of each thread that runs callbacks, in bytes; 8 MiB by default.
  ///
  /// Unused pages take no memory.
  public var stackSize: Int

  /// The time that a callback may take; `nil`, the default, for no limit.
  ///
  /// When the time is over, the server answers the MTA with ``callbackFallback``. The callback continues, but
  /// its actions throw and its result is ignored. After it has returned, the connection is closed. A step
  /// without a reply, `negotiate`, `abort`, and `close` cannot be answered: the server closes the connection to
  /// the MTA at once.
  ///
  /// Choose a shorter time than the MTA's own timeout. A callback may exceed it by a tenth, but at most by a
  /// second.
  public var callbackTimeout: Duration?

  /// The time limits of individual callbacks, instead of ``callbackTimeout``.
  public var callbackTimeouts: [MilterCallback: Duration]

  /// The answer if a callback takes too long: `.tempfail`, the default, `.reject`, `.accept`, or `.discard`.
  ///
  /// `.accept` becomes `.tempfail` if changes to the message have already been sent. This happens only if the
  /// changes exceed ``maxHeldChanges``.
  public var callbackFallback: MilterStatus

  /// Whether the filter runs without effect on mail; `false` by default.
  ///
  /// Use it to try a filter on live mail. All callbacks run. An action is checked, but not sent. A verdict
  /// that would refuse or discard mail becomes accept or, for a recipient or an unknown command, continue.
  /// For each such verdict and each changed message, the log has a line at ``MilterLogLevel/notice`` with the
  /// intended action: names and sizes without content. ``MilterStatistics/shadowedRefusals`` and
  /// ``MilterStatistics/shadowedChanges`` count them. ``MilterStatistics/answers`` counts the statuses that
  /// the filter returned. ``callbackFallback`` is `.accept`.
  ///
  /// libmilter has no equivalent.
  public var shadow: Bool

  /// The answer if a callback throws; ``MilterErrorAnswer/tempfail`` by default.
  ///
  /// A filter that only observes, such as one for statistics, can let mail pass with
  /// ``MilterErrorAnswer/accept``. The log has a line for each callback that throws, whatever
  /// the answer. `negotiate` cannot be answered: if it throws, the server closes the connection.
  public var onError: MilterErrorAnswer

  /// The interval of progress packets to the MTA while a callback runs; `nil`, the default, for none.
  ///
  /// The packet is sent where the MTA accepts it: in `eom`, and with Postfix in all callbacks that have a
  /// reply. If a new body is already being sent, the next part of the body is sent instead. See
  /// ``MilterBase/progress()``. Also set ``callbackTimeout``: otherwise the MTA waits for a callback that hangs
  /// until its own limits end the wait.
  public var keepalive: Duration?

  /// The number of bytes of changes to a message that are held until ``Milter/eom()`` has returned; 4
  /// MiB by default.
  ///
  /// While changes are held, a filter that crashes or is disconnected during `eom` leaves the message
  /// unchanged, even if the MTA accepts messages without the filter. Changes above this number are sent while
  /// `eom` runs. If the filter then crashes, the message may have only some of the changes. The number applies
  /// to each running callback. libmilter has no equivalent: it sends each change at once.
  public var maxHeldChanges: Int

  /// The time that a stopping ``MilterServer/run()`` waits for messages in progress; 30 seconds by default.
  public var drain: Duration

  /// Prepares the filter, after ``MilterServer/run()`` or ``MilterServer/serve()`` has opened the sockets, and
  /// before the first connection.
  ///
  /// Called once, on the thread that called the server's method. If it throws, the server stops, and the method
  /// throws the error. `nil`, the default, calls ``MilterBase/prepare()`` of the filter's class. Set this
  /// property if the program creates filters of several classes.
  public var prepare: (@Sendable () throws -> Void)?

  /// Reloads the filter's configuration when ``MilterServer/run()`` gets SIGHUP.
  ///
  /// Called on a separate thread, one call after the other. Errors are logged. `nil` calls
  /// ``MilterBase/reload()`` of the filter's class. Set this property if the program creates filters of several
  /// classes, or keeps their configuration elsewhere.
  public var reload: (@Sendable () throws -> Void)?

  /// Returns whether the files of Unix-domain sockets stay when the server stops.
  package var leavesSocketFiles: @Sendable () -> Bool = { false }

  /// Stops the server, for ``MilterBase/stopServer()``; set by the server.
  package var requestStop: (@Sendable () -> Void)?

  /// The channel to the supervisor; `nil` if the process is not a worker.
  package var worker: WorkerLink?

  /// The epoch of the program's settings; `nil` for servers without a program.
  package var epoch: SettingsEpoch?

  /// Whether the server creates and closes a filter for connections that end without a byte.
  package var tellsOfProbes = false

  /// The destination of the log.
  public var log: MilterLog

  /// The file for the server's statistics in Prometheus' format; `nil` for none.
  public var metrics: MilterMetrics?

  /// The socket that serves the statistics; `nil` for none.
  public var metricsListener: MilterMetricsListener?

  /// The socket for `milter status`; `nil` for none.
  public var control: MilterControlSocket?

  /// Whether the time of each callback is measured; false by default.
  ///
  /// ``metrics`` and ``metricsListener`` also enable it. The measurement reads the clock twice for each
  /// callback.
  public var timesCallbacks: Bool

  /// Creates a configuration; properties that are left out have their defaults.
  ///
  /// The parameters are the properties with the same names.
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
    maxHeldChanges: Int = ReplyBuffer.mostHeld,
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
