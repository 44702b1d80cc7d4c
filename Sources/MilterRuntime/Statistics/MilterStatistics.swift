public import MilterCore

/// A snapshot of a server's counters, made by ``MilterServer/statistics``.
///
/// Numbers of events count from the making of the server and only grow. Those of connections being
/// served are a moment's: a message is counted before its verdict is.
///
/// ## Topics
///
/// ### Connections
/// - ``connections``
/// - ``refusedConnections``
/// - ``openConnections``
/// - ``healthChecks``
/// - ``bytesReceived``
/// - ``bytesSent``
///
/// ### Messages
/// - ``messages``
/// - ``abortedMessages``
/// - ``answers``
/// - ``callbackTimes``
/// - ``shadowedRefusals``
/// - ``shadowedChanges``
///
/// ### Members of chains
/// - ``members``
///
/// ### The server
/// - ``errors``
/// - ``threads``
/// - ``reloads``
/// - ``workers``
/// - ``workerCrashes``
///
/// ### For Prometheus
/// - ``prometheus(filter:)``
public struct MilterStatistics: Hashable, Sendable {
  /// Connections that were accepted, health checks and garbage among them.
  public var connections = 0
  /// Connections that were closed at once, because the server was full or out of resources.
  public var refusedConnections = 0
  /// Connections that are open now.
  public var openConnections = 0

  /// Connections that ended before a byte came, or with a request of HTTP in the place of a command: health
  /// checks of load balancers.
  public var healthChecks = 0

  /// Bytes that came from MTAs.
  public var bytesReceived = 0
  /// Bytes that were sent to MTAs.
  public var bytesSent = 0

  /// Messages that began, as far as their steps are sent to the filter.
  public var messages = 0
  /// Messages that were given up by the client or the MTA before there was a verdict.
  public var abortedMessages = 0

  /// Verdicts that would have refused mail or thrown it away; only with
  /// ``MilterConfiguration/shadow``.
  public var shadowedRefusals = 0
  /// Changes to messages that were not made; only with ``MilterConfiguration/shadow``.
  public var shadowedChanges = 0

  /// The number of answers of each callback, by status; statuses that did not occur are absent.
  ///
  /// `.continue` counts as well. For a callback that threw or ran too long, the status that was sent in
  /// its place counts. Steps without a callback do not count.
  public var answers: [MilterCallback: [MilterStatus: Int]] = [:]

  /// The durations of callbacks; callbacks that have not run are missing.
  ///
  /// Empty unless ``MilterConfiguration/timesCallbacks`` or ``MilterConfiguration/metrics`` is set.
  public var callbackTimes: [MilterCallback: MilterHistogram] = [:]

  /// The number of errors of each kind; kinds that have not happened are missing.
  public var errors: [ErrorKind: Int] = [:]

  /// The counters of the members of the filters' chains, by name and number, such as `clamav[0]`.
  public var members: [String: MilterMemberStatistics] = [:]

  /// Threads that run callbacks or wait for some to run.
  public var threads = 0
  /// The number of times that the configuration was read again.
  public var reloads = 0
  /// The worker processes that run now; 0 in a program without `--workers`, and in a worker.
  public var workers = 0
  /// The number of worker processes that ended unexpectedly.
  public var workerCrashes = 0

  /// Makes statistics of a server that has done nothing.
  public init() {}

  /// A kind of error, as far as an operator would do something different about it.
  public enum ErrorKind: Int, Hashable, Sendable, CaseIterable {
    /// A peer sent what is no milter protocol, or nothing this library can read.
    case malformed
    /// The filter and the MTA did not agree on the options.
    case negotiation
    /// The MTA went away where it should not have, such as in the middle of a message.
    case disconnected
    /// The MTA was silent, or took no replies, for too long; or a callback ran for too long.
    case timeout
    /// A callback threw.
    case callback
    /// The filter answered what it may not; the log has the reason.
    case filter
    /// The system refused something: a connection, a descriptor, a thread.
    case system

    /// The kind's name in metrics.
    package var name: String {
      switch self {
      case .malformed: "malformed"
      case .negotiation: "negotiation"
      case .disconnected: "disconnected"
      case .timeout: "timeout"
      case .callback: "callback"
      case .filter: "filter"
      case .system: "system"
      }
    }
  }
}
