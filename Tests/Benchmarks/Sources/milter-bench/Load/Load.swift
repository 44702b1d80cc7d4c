import CLoad
import Foundation

/// The load generator: plays the MTA on many connections, in the calling thread.
final class Load {
  /// Connections that do the same.
  struct Group {
    var connections: Int
    var hello: Script
    var message = Script()
    /// How many messages each connection sends; 0 for as many as there is time for.
    var messages = 0
    /// Whether every message has a connection of its own.
    var reconnects = false
    /// Seconds from the first connection's first message to the last's.
    var spread = 0.0
  }

  /// What a group has done.
  struct Outcome {
    /// How long each message took in seconds, in ascending order.
    var latencies: [Double]
    /// How many messages were done before the time was up; of those in progress then, their share.
    var inTime: Double
    /// When the last message ended, in seconds since the start.
    var last: Double
  }

  private let load: OpaquePointer
  private let groups: [Group]
  private let goodbye = MailScript.goodbye

  /// Creates a load; it connects to nothing yet.
  init(_ address: TargetAddress, _ groups: [Group]) throws {
    self.groups = groups
    let goodbye = goodbye.c
    let plans = groups.map { group in
      load_group(
        connections: group.connections, hello: group.hello.c, message: group.message.c,
        goodbye: goodbye, messages: group.messages, reconnects: group.reconnects,
        spread: group.spread)
    }
    let made =
      switch address {
      case .unix(let path): load_make(path, 0, plans, plans.count)
      case .tcp(let port): load_make(nil, port, plans, plans.count)
      }
    guard let made else { throw BenchError("no memory for the load generator") }
    load = made
  }

  deinit { load_free(load) }

  /// Connects a group's connections and introduces them.
  func open(_ group: Int, timeout: Double = 60) throws {
    guard load_open(load, group, timeout) else { throw failure }
  }

  /// Connects all.
  func openAll() throws {
    for group in groups.indices { try open(group) }
  }

  /// Plays messages for a time and waits for those in progress.
  func run(seconds: Double, patience: Double = 60) throws {
    guard load_run(load, seconds, patience) else { throw failure }
  }

  /// Plays the messages that each connection sends, and has a thread do something meanwhile.
  func run(patience: Double, meanwhile body: @escaping @Sendable () -> Void) throws {
    let thread = Thread { body() }
    thread.start()
    try run(seconds: 0, patience: patience)
  }

  /// What a group has done in the last run.
  func outcome(_ group: Int = 0) -> Outcome {
    let result = load_result(load, group)
    let latencies = UnsafeBufferPointer(start: result.latencies, count: result.count)
    return Outcome(
      latencies: latencies.map { Double($0) / 1e9 }.sorted(), inTime: result.in_time,
      last: Double(result.last) / 1e9)
  }

  private var failure: BenchError { BenchError(String(cString: load_error(load))) }
}
