/// One line of the report: a case over one transport on one target, all rounds together.
struct Row: Codable {
  let name: String
  let title: String
  let transport: Transport
  let target: TargetName
  let rounds: Int
  /// Medians over the rounds; of the maximum latency, the maximum.
  let typical: Measurement
  /// System calls of the filter process for 1,000 messages, where they were counted.
  let syscallsPerThousand: Double?
  /// Of messages per second, or of memory per idle connection: the median over the rounds of this
  /// target's value divided by the other's in the same round.
  let toLibmilter: Double?
  let toFloor: Double?
  /// What the case is a point of: a curve's name and the place on it.
  let curve: String?
  let at: Double?

  /// Sums up the rounds of a case, of which all targets' measurements are given.
  init(
    _ what: BenchCase, _ transport: Transport, _ target: TargetName,
    _ rounds: [TargetName: [Measurement]], syscallsPerThousand: Double?
  ) {
    name = what.name
    title = what.title
    self.transport = transport
    self.target = target
    let own = rounds[target] ?? []
    self.rounds = own.count
    var typical = Measurement()
    typical.messages = own.reduce(0) { $0 + $1.messages }
    typical.messagesPerSecond = own.map(\.messagesPerSecond).median
    typical.p50 = own.map(\.p50).median
    typical.p99 = own.map(\.p99).median
    typical.max = own.map(\.max).max() ?? 0
    typical.processorPerThousand = own.map(\.processorPerThousand).median
    typical.threads = Int(own.map { Double($0.threads) }.median)
    typical.resident = Int(own.map { Double($0.resident) }.median)
    typical.memory = own.first?.memory ?? []
    self.typical = typical
    self.syscallsPerThousand = syscallsPerThousand
    toLibmilter = Self.ratio(own, to: rounds[.libmilter])
    toFloor = Self.ratio(own, to: rounds[.floor])
    curve = what.point?.curve.rawValue
    at = what.point?.x
  }

  private static func ratio(_ own: [Measurement], to other: [Measurement]?) -> Double? {
    guard let other, !other.isEmpty, !own.isEmpty else { return nil }
    let ratios = zip(own, other).compactMap { mine, theirs -> Double? in
      let (a, b) =
        if let mine = mine.memoryPerConnection, let theirs = theirs.memoryPerConnection {
          (mine, theirs)
        } else {
          (mine.messagesPerSecond, theirs.messagesPerSecond)
        }
      return b > 0 ? a / b : nil
    }
    return ratios.isEmpty ? nil : ratios.median
  }
}
