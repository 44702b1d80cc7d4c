import MilterCore
import MilterSystem
import Synchronization

/// The state of a connection for other threads: its client, its message, and the callback under way.
///
/// The connection's thread writes it, as cheaply as it can: two numbers for a burst of commands, one
/// for a callback, names once a message.
final class Presence: Sendable {
  private struct Names {
    /// The payload of the connect command, which is read only when somebody asks.
    var client: [UInt8] = []
    var queueID: [UInt8] = []
  }

  private let names = SystemMutex(Names())
  /// The raw value of the current callback plus one; 0 between callbacks.
  private let current = Atomic<UInt8>(0)
  private let busySince = Atomic<UInt64>(0)
  private let thread = Atomic<Bool>(false)

  /// Longer names are cut, in bytes.
  static let longestName = 255

  // MARK: On the connection's thread

  /// The connection got a thread, which begins to work.
  func gotThread() {
    thread.store(true, ordering: .relaxed)
    begin()
  }

  /// The connection begins to wait for a thread.
  func wantsThread() { begin() }

  /// The connection is about to give its thread up.
  func givesUpThread() { thread.store(false, ordering: .relaxed) }

  /// Work begins on what came.
  func begin() { busySince.store(CoarseClock.nanoseconds, ordering: .relaxed) }

  /// All that came is worked on.
  func end() { current.store(0, ordering: .relaxed) }

  /// A callback begins.
  @inline(__always)
  func enter(_ callback: MilterCallback) {
    current.store(UInt8(truncatingIfNeeded: callback.rawValue) &+ 1, ordering: .relaxed)
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
    let raw = UInt32(current.load(ordering: .relaxed))
    return raw == 0 ? nil : MilterCallback(rawValue: raw - 1)
  }

  /// For how long what came has been worked on, or a thread has been waited for.
  var busyTime: Duration { CoarseClock.elapsed(since: busySince.load(ordering: .relaxed)) }

  /// The client and the queue ID as text; empty while unknown.
  var subject: (client: String, queueID: String) {
    let names = names.withLock { $0 }
    let payload = names.client.span
    var client = ""
    if let (host, address) = try? CommandLayout.connect(payload) {
      client = String(decoding: names.client[host].prefix(Self.longestName), as: UTF8.self)
      if let address { client += " [\(address)]" }
    }
    return (client, String(decoding: names.queueID.prefix(Self.longestName), as: UTF8.self))
  }
}
