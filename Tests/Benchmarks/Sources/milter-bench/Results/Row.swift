/// One line of the report: the rounds of a case over one transport on one target.
struct Row: Codable {
  let name: String
  let title: String
  let transport: Transport
  let target: TargetName
  let rounds: Int
  /// The medians of the rounds, except the maximum latency, which is the maximum of the rounds.
  let typical: Measurement
  /// System calls of the filter process for 1,000 messages, where they were counted.
  let syscallsPerThousand: Double?
  /// The ratio of this target to another, in messages per second or in memory per idle connection:
  /// the median of the ratios in each round.
  let toLibmilter: Double?
  let toFloor: Double?
  let toMilterKit: Double?
  /// The same ratio of the p99 latency, and of processor time.
  let p99ToFloor: Double?
  let processorToLibmilter: Double?
  /// The name of the curve that the case belongs to, and its place on the curve.
  let curve: String?
  let at: Double?

  /// Summarizes the rounds of a case, given the measurements of all targets.
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
    typical.addedThreads = own.first?.addedThreads
    typical.resident = Int(own.map { Double($0.resident) }.median)
    typical.memory = own.first?.memory ?? []
    self.typical = typical
    self.syscallsPerThousand = syscallsPerThousand
    toLibmilter = Self.ratio(own, to: rounds[.libmilter], Self.rate)
    toFloor = Self.ratio(own, to: rounds[.floor], Self.rate)
    toMilterKit = Self.ratio(own, to: rounds[.milterkit], Self.rate)
    p99ToFloor = Self.ratio(own, to: rounds[.floor]) { $0.p99 }
    processorToLibmilter = Self.ratio(own, to: rounds[.libmilter]) { $0.processorPerThousand }
    curve = what.point?.curve.rawValue
    at = what.point?.x
  }

  private static func rate(_ one: Measurement) -> Double {
    one.memoryPerConnection ?? one.messagesPerSecond
  }

  private static func ratio(
    _ own: [Measurement], to other: [Measurement]?, _ value: (Measurement) -> Double
  ) -> Double? {
    let ratios = zip(own, other ?? []).compactMap { mine, theirs -> Double? in
      let divisor = value(theirs)
      return divisor > 0 ? value(mine) / divisor : nil
    }
    return ratios.isEmpty ? nil : ratios.median
  }
}
