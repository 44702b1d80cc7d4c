import CLoad
import Foundation

/// The load generator, which plays the MTA on many connections in the calling thread.
final class Load {
  /// A group of connections that send the same.
  struct Group {
    var connections: Int
    var hello: Script
    var message = Script()
    /// The number of messages for each connection; 0 for as many as possible in the time.
    var messages = 0
    /// Whether every message has a connection of its own.
    var reconnects = false
    /// Seconds from the first connection's first message to the last's.
    var spread = 0.0
  }

  /// The outcome of a group.
  struct Outcome {
    /// The latency of each message in seconds, in ascending order.
    var latencies: [Double]
    /// The number of messages in the time, with the completed fraction of messages in progress.
    var inTime: Double
    /// The end of the last message, in seconds since the start.
    var last: Double
  }

  private let load: OpaquePointer
  private let groups: [Group]
  private let goodbye = MailScript.goodbye

  /// Creates a load without connecting.
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

  /// Opens a group's connections and plays their `hello` script.
  func open(_ group: Int, timeout: Double = 60) throws {
    guard load_open(load, group, timeout) else { throw failure }
  }

  /// Opens the connections of all groups.
  func openAll() throws {
    for group in groups.indices { try open(group) }
  }

  /// Plays messages for a time and waits for the messages in progress.
  func run(seconds: Double, patience: Double = 60) throws {
    guard load_run(load, seconds, patience) else { throw failure }
  }

  /// Plays the messages of each connection, and runs a closure on another thread meanwhile.
  func run(patience: Double, meanwhile body: @escaping @Sendable () -> Void) throws {
    let thread = Thread { body() }
    thread.start()
    try run(seconds: 0, patience: patience)
  }

  /// Returns the outcome of a group in the last run.
  func outcome(_ group: Int = 0) -> Outcome {
    let result = load_result(load, group)
    let latencies = UnsafeBufferPointer(start: result.latencies, count: result.count)
    return Outcome(
      latencies: latencies.map { Double($0) / 1e9 }.sorted(), inTime: result.in_time,
      last: Double(result.last) / 1e9)
  }

  private var failure: BenchError { BenchError(String(cString: load_error(load))) }
}
