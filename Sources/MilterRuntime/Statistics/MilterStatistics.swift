public import MilterCore

/// A snapshot of a server's counters; see ``MilterServer/statistics``.
///
/// The counters of events begin at 0 when the server is created, and only grow. A snapshot may contain a
/// message whose verdict is not counted yet.
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
  /// The number of accepted connections, including health checks and invalid ones.
  public var connections = 0
  /// The number of connections that were closed at once, because the system refused their settings.
  ///
  /// Connections above ``MilterConfiguration/maxConnections`` do not count: they wait.
  public var refusedConnections = 0
  /// The number of open connections.
  public var openConnections = 0

  /// The number of connections that ended before the first byte, or with an HTTP request instead of a command:
  /// health checks of load balancers.
  public var healthChecks = 0

  /// The number of bytes from MTAs.
  public var bytesReceived = 0
  /// The number of bytes to MTAs.
  public var bytesSent = 0

  /// The number of messages that began, if their steps are sent to the filter.
  public var messages = 0
  /// The number of messages that the client or the MTA aborted before a verdict.
  public var abortedMessages = 0

  /// The number of verdicts that would have refused or discarded mail; only with
  /// ``MilterConfiguration/shadow``.
  public var shadowedRefusals = 0
  /// The number of changes to messages that were not made; only with ``MilterConfiguration/shadow``.
  public var shadowedChanges = 0

  /// The number of answers of each callback, by status; statuses that did not occur are absent.
  ///
  /// `.continue` also counts. For a callback that threw or exceeded its time, the status that was sent instead
  /// counts. Steps without a callback do not count.
  public var answers: [MilterCallback: [MilterStatus: Int]] = [:]

  /// The durations of callbacks; callbacks that have not run are missing.
  ///
  /// Empty unless ``MilterConfiguration/timesCallbacks`` or ``MilterConfiguration/metrics`` is set.
  public var callbackTimes: [MilterCallback: MilterHistogram] = [:]

  /// The number of errors of each kind; kinds that have not happened are missing.
  public var errors: [ErrorKind: Int] = [:]

  /// The counters of the members of the filters' chains, by name and number, such as `clamav[0]`.
  public var members: [String: MilterMemberStatistics] = [:]

  /// The number of threads that run callbacks, or wait for one.
  public var threads = 0
  /// The number of reloads of the configuration.
  public var reloads = 0
  /// The number of running worker processes; 0 in a program without `--workers`, and in a worker.
  public var workers = 0
  /// The number of worker processes that ended unexpectedly.
  public var workerCrashes = 0

  /// Creates statistics with all numbers 0.
  public init() {}

  /// A kind of error; the kinds differ in how an operator reacts to them.
  public enum ErrorKind: Int, Hashable, Sendable, CaseIterable {
    /// A peer sent bytes that are not the milter protocol, or that this library cannot read.
    case malformed
    /// The filter and the MTA did not agree on the options.
    case negotiation
    /// The MTA closed the connection where it should not, such as in the middle of a message.
    case disconnected
    /// The MTA was silent, or did not read its replies, for too long; or a callback exceeded its time.
    case timeout
    /// A callback threw.
    case callback
    /// The filter returned an answer that is not allowed; the log has the reason.
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
