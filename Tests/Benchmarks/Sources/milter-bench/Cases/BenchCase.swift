/// A measured case: the filter, the number of connections, and the messages.
struct BenchCase {
  /// A way of measuring.
  enum Kind: Equatable {
    /// Messages for a fixed time, on this number of connections.
    case timed(connections: Int, reconnects: Bool)
    /// One message on each connection, whose header callback blocks.
    case blocked(connections: Int)
    /// Blocked connections, while the latency of others is measured.
    case mixed(blocked: Int, fast: Int)
    /// One message on each connection, whose header callback waits until all do.
    case waiting(connections: Int)
    /// Idle connections, measured when their number reaches each of these steps.
    case idle(steps: [Int])
    /// Connections that are idle after one message on each.
    case cooled(connections: Int)
  }

  /// The quantity on a curve's horizontal axis.
  enum Curve: String {
    case connections
    case bodySize
  }

  let name: String
  var title: String
  var mode = FilterMode.full
  var kind: Kind
  var headers = 11
  var bodySize = 2048
  var transports = Transport.allCases
  /// The targets that the case measures.
  var targets = TargetName.allCases
  /// The curve that the case belongs to, and its place on the curve.
  var point: (curve: Curve, x: Double)?

  /// Returns the number of rounds in which the case is measured.
  ///
  /// Idle connections run once, because memory does not depend on the load of the machine. Curves run at most
  /// three times, because no goal depends on them.
  func rounds(_ wanted: Int) -> Int {
    steps.isEmpty ? point == nil ? wanted : min(wanted, 3) : 1
  }

  /// The numbers of idle connections at which memory is measured.
  var steps: [Int] {
    switch kind {
    case .idle(let steps): steps
    case .cooled(let connections): [connections]
    case .waiting(let connections): [connections]
    case .timed, .blocked, .mixed: []
    }
  }

  /// The number of simultaneous connections.
  var connections: Int {
    switch kind {
    case .timed(let connections, _): connections
    case .blocked(let connections): connections
    case .mixed(let blocked, let fast): blocked + fast
    case .idle, .cooled, .waiting: steps.last ?? 0
    }
  }

  /// The commands of one message.
  var mail: MailScript { MailScript(mode: mode, headers: headers, bodySize: bodySize) }
}
