import Foundation
import Glibc
import Synchronization

/// The measurement of each kind of case.
extension Runner {
  func timed(
    _ one: BenchCase, _ running: RunningTarget, _ connections: Int, _ reconnects: Bool
  ) throws -> Measurement {
    let load = try timedLoad(one, running, connections, reconnects)
    try load.openAll()
    try load.run(seconds: options.seconds * 0.15)  // warm-up
    let before = try running.status()
    try load.run(seconds: options.seconds)
    return measurement(load.outcome(), seconds: options.seconds, before, try running.status())
  }

  private func timedLoad(
    _ one: BenchCase, _ running: RunningTarget, _ connections: Int, _ reconnects: Bool
  ) throws -> Load {
    try Load(
      running.address,
      [
        Load.Group(
          connections: connections, hello: one.mail.hello, message: one.mail.message,
          reconnects: reconnects)
      ])
  }

  func blocked(
    _ one: BenchCase, _ running: RunningTarget, _ connections: Int
  ) throws -> Measurement {
    var mail = one.mail
    mail.blocks = true
    let load = try Load(
      running.address,
      [Load.Group(connections: connections, hello: mail.hello, message: mail.message, messages: 1)])
    try load.openAll()
    let before = try running.status()
    try load.run(seconds: 0, patience: 120)
    return measurement(load.outcome(), seconds: nil, before, try running.status())
  }

  func mixed(
    _ one: BenchCase, _ running: RunningTarget, _ blocked: Int, _ fast: Int
  ) throws -> Measurement {
    var slow = one.mail
    slow.blocks = true
    let load = try Load(
      running.address,
      [
        Load.Group(connections: fast, hello: one.mail.hello, message: one.mail.message),
        // The messages are spread over time: this measures what blocked threads cost the other
        // connections, not the effect of 200 messages at the same moment.
        Load.Group(
          connections: blocked, hello: slow.hello, message: slow.message, spread: 0.5),
      ])
    try load.openAll()
    let before = try running.status()
    // In this time, each blocked connection blocks several times.
    let seconds = max(options.seconds, options.isQuick ? 0 : 2)
    try load.run(seconds: seconds, patience: 120)
    return measurement(load.outcome(0), seconds: seconds, before, try running.status())
  }

  func idle(_ one: BenchCase, _ running: RunningTarget) throws -> Measurement {
    let steps = one.steps
    var sizes: [Int] = []
    for step in steps { sizes.append(step - sizes.reduce(0, +)) }
    var group = Load.Group(connections: 0, hello: one.mail.negotiation)
    if case .cooled = one.kind {
      group.hello = one.mail.hello
      group.message = one.mail.message
      group.messages = 1
      try playOne(group, running)
    }
    let load = try Load(
      running.address,
      sizes.map {
        group.connections = $0
        return group
      })
    let before = try running.status()
    var result = Measurement()
    for (group, step) in steps.enumerated() {
      try load.open(group, timeout: 120)
      if case .cooled = one.kind { try load.run(seconds: 0, patience: 120) }
      // The last measurement waits until idle threads have ended.
      let isLast = group == steps.count - 1
      usleep(isLast && !options.isQuick ? 12_000_000 : 500_000)
      let status = try running.status()
      result.memory.append(
        .init(connections: step, growth: max(0, status.resident - before.resident)))
      result.threads = status.threads
      result.resident = status.resident
    }
    return result
  }

  /// Plays the first message, so that the code that it loads does not count as memory of connections.
  private func playOne(_ group: Load.Group, _ running: RunningTarget) throws {
    var group = group
    group.connections = 1
    let load = try Load(running.address, [group])
    try load.openAll()
    try load.run(seconds: 0, patience: 120)
    usleep(settling)
  }

  /// The time until idle threads have ended, in microseconds.
  private var settling: useconds_t { options.isQuick ? 1_000_000 : 12_000_000 }

  func waiting(
    _ one: BenchCase, _ running: RunningTarget, _ connections: Int
  ) throws -> Measurement {
    var mail = one.mail
    mail.blocks = true
    let load = try Load(
      running.address,
      [Load.Group(connections: connections, hello: mail.hello, message: mail.message, messages: 1)])
    try load.openAll()
    // Both measurements wait until idle threads have ended.
    usleep(settling)
    let before = try running.status()
    let status = Mutex<ProcessStatus?>(nil)
    try load.run(patience: 120) { [process = running.identifier, settling] in
      usleep(settling)
      status.withLock { $0 = ProcessStatus(process) }
      // SIGUSR2 lets the callbacks return: see FilterMode.wait.
      kill(process, SIGUSR2)
    }
    guard let during = status.withLock({ $0 }) else {
      throw BenchError("the callbacks did not wait")
    }
    let outcome = load.outcome()
    guard outcome.latencies.count == connections else {
      throw BenchError("\(outcome.latencies.count) of \(connections) messages were answered")
    }
    var result = Measurement()
    result.messages = connections
    result.threads = during.threads
    result.addedThreads = during.threads - before.threads
    result.resident = during.resident
    result.memory = [
      .init(connections: connections, growth: max(0, during.resident - before.resident))
    ]
    return result
  }

  func countCalls(
    _ one: BenchCase, _ transport: Transport, _ target: Target, _ counter: SyscallCounter
  ) throws -> Double? {
    guard case .timed(let connections, let reconnects) = one.kind else { return nil }
    let running = try start(one, transport, target)
    defer { running.stop() }
    let load = try timedLoad(one, running, connections, reconnects)
    try load.openAll()
    try load.run(seconds: 0.05)
    let calls = try counter.count(of: running.identifier) {
      try load.run(seconds: min(0.5, options.seconds))
    }
    let messages = load.outcome().latencies.count
    return messages > 0 ? Double(calls) / Double(messages) * 1000 : nil
  }

  /// Summarizes a run; `seconds` is its fixed time, or `nil`.
  private func measurement(
    _ outcome: Load.Outcome, seconds: Double?, _ before: ProcessStatus, _ after: ProcessStatus
  ) -> Measurement {
    var result = Measurement()
    result.messages = outcome.latencies.count
    if let seconds {
      result.messagesPerSecond = outcome.inTime / seconds
    } else if outcome.last > 0 {
      result.messagesPerSecond = Double(outcome.latencies.count) / outcome.last
    }
    result.p50 = outcome.latencies.percentile(0.5)
    result.p99 = outcome.latencies.percentile(0.99)
    result.max = outcome.latencies.last ?? 0
    result.processorPerThousand =
      (after.processorTime - before.processorTime) / Double(max(1, result.messages)) * 1000
    result.threads = after.threads
    result.resident = after.resident
    return result
  }
}
