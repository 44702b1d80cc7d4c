import MilterCore
import MilterSystem
import Synchronization

/// What other threads may know of a connection: its client, its message, and the callback under way.
///
/// The connection's thread writes it, as cheaply as it can: two numbers for a burst of commands, one
/// for a callback, names once a message. The pool sees by it which threads are stuck.
final class Presence: Sendable {
  private struct Names {
    /// The payload of the connect command, which is read only when somebody asks.
    var client: [UInt8] = []
    var queueID: [UInt8] = []
  }

  private let names = Mutex(Names())
  /// How many callbacks began, and in the last byte the raw value of the current one plus one; 0 there
  /// between bursts.
  private let current = Atomic<UInt64>(0)
  /// What `current` was when the pool looked last.
  private let seen = Atomic<UInt64>(0)
  private let busySince = Atomic<UInt64>(0)
  private let thread = Atomic<Bool>(false)

  // MARK: On the connection's thread

  /// The connection got a thread.
  func gotThread() { thread.store(true, ordering: .relaxed) }

  /// The connection is about to give its thread up.
  func givesUpThread() { thread.store(false, ordering: .relaxed) }

  /// Work begins on what came.
  func begin() { busySince.store(CoarseClock.nanoseconds, ordering: .relaxed) }

  /// All that came is worked on.
  func end() { current.store(current.load(ordering: .relaxed) & ~0xFF, ordering: .relaxed) }

  /// A callback begins.
  @inline(__always)
  func enter(_ callback: MilterCallback) { enter(UInt64(callback.rawValue &+ 1)) }

  /// A piece of a callback that had suspended begins; which one, its connection's presence says.
  func enterRest() { enter(0xFF) }

  @inline(__always)
  private func enter(_ mark: UInt64) {
    let count = (current.load(ordering: .relaxed) | 0xFF) &+ 1
    current.store(count | mark, ordering: .relaxed)
  }

  /// The client has introduced itself.
  func meet(_ payload: Span<UInt8>) {
    let bytes = payload.bytes(in: payload.indices)
    names.withLock { $0.client = bytes }
  }

  /// Sets the queue ID of the current message; empty between messages.
  func name(_ queueID: [UInt8]) { names.withLock { $0.queueID = queueID } }

  // MARK: On any thread

  /// Whether the connection has a thread.
  var hasThread: Bool { thread.load(ordering: .relaxed) }

  /// The callback under way.
  var callback: MilterCallback? {
    let raw = UInt32(current.load(ordering: .relaxed) & 0xFF)
    return raw == 0 ? nil : MilterCallback(rawValue: raw - 1)
  }

  /// Whether the same callback has been under way since this was last asked; for the pool.
  func isStuck() -> Bool {
    let now = current.load(ordering: .relaxed)
    return seen.exchange(now, ordering: .relaxed) == now && now & 0xFF != 0
  }

  /// For how long what came has been worked on.
  var busyTime: Duration { CoarseClock.elapsed(since: busySince.load(ordering: .relaxed)) }

  /// The client and the queue ID as text; empty while unknown.
  var subject: (client: String, queueID: String) {
    let names = names.withLock { $0 }
    let payload = names.client.span
    var client = ""
    if let (host, address) = try? CommandLayout.connect(payload) {
      client = String(decoding: names.client[host], as: UTF8.self)
      if let address { client += " [\(address)]" }
    }
    return (client, String(decoding: names.queueID, as: UTF8.self))
  }
}
