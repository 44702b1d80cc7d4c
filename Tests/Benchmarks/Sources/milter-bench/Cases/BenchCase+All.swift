extension BenchCase {
  /// Every case, in the order of the report.
  static let all: [BenchCase] = throughput + blocking + idle + waiting + curves

  /// As many messages as possible.
  static let throughput: [BenchCase] = [
    BenchCase(
      name: "one", title: "1 connection", kind: .timed(connections: 1, reconnects: false)),
    BenchCase(
      name: "16", title: "16 connections", kind: .timed(connections: 16, reconnects: false)),
    BenchCase(
      name: "128", title: "128 connections", kind: .timed(connections: 128, reconnects: false)),
    BenchCase(
      name: "body-1m", title: "1 MB bodies on 4", kind: .timed(connections: 4, reconnects: false),
      bodySize: 1 << 20),
    BenchCase(
      name: "reconnect", title: "a connection per message, on 8",
      kind: .timed(connections: 8, reconnects: true)),
    BenchCase(
      name: "headers", title: "60 headers, on 16",
      kind: .timed(connections: 16, reconnects: false), headers: 60),
    BenchCase(
      name: "headers-nr", title: "60 headers without reply, on 16", mode: .noreply,
      kind: .timed(connections: 16, reconnects: false), headers: 60),
    BenchCase(
      name: "headers-raw", title: "60 headers as bytes without reply, on 16", mode: .raw,
      kind: .timed(connections: 16, reconnects: false), headers: 60,
      targets: [.milterkit, .floor]),
    BenchCase(
      name: "collect", title: "60 headers collected by hand, on 16", mode: .collect,
      kind: .timed(connections: 16, reconnects: false), headers: 60, targets: [.milterkit]),
    BenchCase(
      name: "value", title: "60 headers, the message as a value, on 16", mode: .value,
      kind: .timed(connections: 16, reconnects: false), headers: 60, targets: [.milterkit]),
    BenchCase(
      name: "rcpt-only", title: "only envrcpt, on 16", mode: .rcpt,
      kind: .timed(connections: 16, reconnects: false)),
  ]

  private static let blocking: [BenchCase] =
    [50, 200, 600, 1500].map { count in
      BenchCase(
        name: "blocked-\(count)", title: "\(count) callbacks blocked 0.5 s", mode: .block,
        kind: .blocked(connections: count))
    } + [
      BenchCase(
        name: "mixed", title: "16 beside 200 blocked", mode: .block,
        kind: .mixed(blocked: 200, fast: 16))
    ]

  private static let idle = [
    BenchCase(
      name: "idle", title: "10,000 idle connections",
      kind: .idle(steps: [1000, 2500, 5000, 7500, 10_000])),
    BenchCase(
      name: "cooled", title: "2,000 idle after 256 KB each", kind: .cooled(connections: 2000),
      bodySize: 256 << 10),
  ]

  /// Callbacks that block threads, and callbacks that are suspended.
  private static let waiting = [
    BenchCase(
      name: "waiting", title: "10,000 waiting callbacks", mode: .wait,
      kind: .waiting(connections: 10_000), targets: [.milterkit, .async])
  ]

  private static let curves: [BenchCase] =
    [1, 4, 16, 64, 250, 1000, 2000].map { count in
      BenchCase(
        name: "connections-\(count)", title: "curve: \(count) connections",
        kind: .timed(connections: count, reconnects: false), transports: [.unix],
        point: (.connections, Double(count)))
    }
    + [1 << 10, 32 << 10, 1 << 20, 8 << 20, 50 << 20].map { size in
      BenchCase(
        name: "size-\(size >> 10)k", title: "curve: body of \(size >> 10) KB",
        kind: .timed(connections: 1, reconnects: false), bodySize: size, transports: [.unix],
        point: (.bodySize, Double(size)))
    }

  /// The case in a size for a smoke test; `nil` if another case tests the same.
  var quick: BenchCase? {
    var copy = self
    if let point, point.x > 1_048_576 || (point.curve == .connections && point.x > 250) {
      return nil
    }
    switch kind {
    case .timed: break
    case .blocked(let connections): if connections > 200 { return nil }
    case .mixed:
      copy.kind = .mixed(blocked: 50, fast: 4)
      copy.title = "4 beside 50 blocked"
    case .idle:
      copy.kind = .idle(steps: [100, 300])
      copy.title = "300 idle connections"
    case .waiting:
      copy.kind = .waiting(connections: 300)
      copy.title = "300 waiting callbacks"
    case .cooled:
      copy.kind = .cooled(connections: 100)
      copy.title = "100 idle after 256 KB each"
    }
    return copy
  }

  /// Returns the case with fewer connections if the limit on descriptors requires it.
  func limited(to connections: Int) -> BenchCase {
    guard self.connections > connections else { return self }
    var copy = self
    copy.title += ", only \(connections)"
    switch kind {
    case .timed(_, let reconnects):
      copy.kind = .timed(connections: connections, reconnects: reconnects)
    case .blocked: copy.kind = .blocked(connections: connections)
    case .waiting: copy.kind = .waiting(connections: connections)
    case .cooled: copy.kind = .cooled(connections: connections)
    case .mixed(_, let fast): copy.kind = .mixed(blocked: connections - fast, fast: fast)
    case .idle(let steps):
      copy.kind = .idle(steps: steps.filter { $0 < connections } + [connections])
    }
    return copy
  }
}
