/// One thing that is measured: what filter, on how many connections, with which messages.
struct BenchCase {
  /// How the measuring goes.
  enum Kind: Equatable {
    /// Messages for a fixed time, on this number of connections.
    case timed(connections: Int, reconnects: Bool)
    /// One message on each connection, whose header callback blocks.
    case blocked(connections: Int)
    /// Blocked connections, while the latency of others is measured.
    case mixed(blocked: Int, fast: Int)
    /// One message on each connection, whose header callback waits until all do.
    case waiting(connections: Int)
    /// Connections that do nothing, counted after each of these numbers.
    case idle(steps: [Int])
    /// Connections that do nothing any more, after one message on each.
    case cooled(connections: Int)
  }

  /// What a curve is drawn over.
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
  /// Those that the case is about.
  var targets = TargetName.allCases
  /// The curve this is a point of, and where.
  var point: (curve: Curve, x: Double)?

  /// How often the case is measured.
  ///
  /// Idle connections run once, because memory does not depend on the load of the machine. Curves run at most
  /// three times, because no goal depends on them.
  func rounds(_ wanted: Int) -> Int {
    steps.isEmpty ? point == nil ? wanted : min(wanted, 3) : 1
  }

  /// After how many connections the memory of idle ones is looked at.
  var steps: [Int] {
    switch kind {
    case .idle(let steps): steps
    case .cooled(let connections): [connections]
    case .waiting(let connections): [connections]
    case .timed, .blocked, .mixed: []
    }
  }

  /// How many connections there are at a time.
  var connections: Int {
    switch kind {
    case .timed(let connections, _): connections
    case .blocked(let connections): connections
    case .mixed(let blocked, let fast): blocked + fast
    case .idle, .cooled, .waiting: steps.last ?? 0
    }
  }

  /// What one message consists of.
  var mail: MailScript { MailScript(mode: mode, headers: headers, bodySize: bodySize) }
}
