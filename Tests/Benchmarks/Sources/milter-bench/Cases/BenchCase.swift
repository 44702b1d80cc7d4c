/// One thing that is measured: what filter, on how many connections, with which messages.
struct BenchCase {
  /// How the measuring goes.
  enum Kind: Equatable {
    /// Messages for a fixed time, on so many connections.
    case timed(connections: Int, reconnects: Bool)
    /// One message on each connection, whose header callback blocks.
    case blocked(connections: Int)
    /// Blocked connections, while the latency of others is measured.
    case mixed(blocked: Int, fast: Int)
    /// Connections that do nothing, counted after each of these numbers.
    case idle(steps: [Int])
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
  /// The curve this is a point of, and where.
  var point: (curve: Curve, x: Double)?

  /// Idle connections are counted once: memory does not depend on what else the machine does.
  func rounds(_ wanted: Int) -> Int {
    if case .idle = kind { 1 } else { wanted }
  }

  /// How many connections there are at a time.
  var connections: Int {
    switch kind {
    case .timed(let connections, _): connections
    case .blocked(let connections): connections
    case .mixed(let blocked, let fast): blocked + fast
    case .idle(let steps): steps.last ?? 0
    }
  }

  /// What one message consists of.
  var mail: MailScript { MailScript(mode: mode, headers: headers, bodySize: bodySize) }
}
