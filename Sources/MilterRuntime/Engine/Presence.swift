import MilterCore
import MilterSystem
import Synchronization

/// The state of a connection for other threads: its client, its message, and its callback.
///
/// The connection's thread writes it at low cost: two numbers for a burst of commands, one for a callback, and
/// names once for each message.
final class Presence: Sendable {
  private struct Names {
    /// The payload of the connect command, which is read only on request, in the memory of the session's
    /// ``/MilterCore/ClientIntroduction``; of a large one, the first bytes of the host name, and the address
    /// if it is not larger than those of MTAs.
    var client: [UInt8] = []
    /// The first bytes of the queue ID, in memory that is kept for the next one until the connection is
    /// idle.
    var queueID: [UInt8] = []
  }

  private let names = SystemMutex(Names())
  /// The raw value of the current callback plus one; 0 between callbacks.
  private let current = Atomic<UInt8>(0)
  private let busySince = Atomic<UInt64>(0)
  private let thread = Atomic<Bool>(false)

  /// The maximum length of a name in bytes; longer ones are cut.
  static let longestName = 255
  /// The maximum size of a connect command that is kept unchanged.
  private static let largestClient = 1024

  // MARK: On the connection's thread

  /// Notes that the connection got a thread, which begins to work.
  func gotThread() {
    thread.store(true, ordering: .relaxed)
    begin()
  }

  /// Notes that the connection waits for a thread.
  func wantsThread() { begin() }

  /// Notes that the connection is about to give up its thread, and releases memory.
  func givesUpThread() {
    thread.store(false, ordering: .relaxed)
    names.withLock { if $0.queueID.isEmpty { $0.queueID = [] } }
  }

  /// Notes that work begins on the bytes that have arrived.
  @inline(never)
  func begin() { busySince.store(CoarseClock.nanoseconds, ordering: .relaxed) }

  /// Notes that all bytes that have arrived are handled.
  func end() { current.store(0, ordering: .relaxed) }

  /// Notes that a callback begins.
  @inline(__always)
  func enter(_ callback: MilterCallback) {
    current.store(UInt8(truncatingIfNeeded: callback.rawValue) &+ 1, ordering: .relaxed)
  }

  /// Sets the client, from the payload of the connect command.
  func meet(_ payload: [UInt8]) {
    var bytes = payload
    if payload.count > Self.largestClient {
      let host = payload.span.cString(at: 0) ?? 0..<0
      let rest = payload[host.upperBound...]
      bytes = Array(payload[host.prefix(Self.longestName)])
      bytes += rest.count <= Self.largestClient ? Array(rest) : [0, UInt8(ascii: "U")]
    }
    names.withLock { $0.client = bytes }
  }

  /// Sets the queue ID of the current message.
  func name(_ queueID: Span<UInt8>) {
    queueID.extracting(first: Self.longestName).withUnsafeBufferPointer { bytes in
      names.withLock { names in
        names.queueID.replaceSubrange(names.queueID.indices, with: bytes)
      }
    }
  }

  /// Removes the queue ID after the message.
  func unname() { names.withLock { $0.queueID.removeAll(keepingCapacity: true) } }

  // MARK: On any thread

  /// Whether the connection has a thread.
  var hasThread: Bool { thread.load(ordering: .relaxed) }

  /// The current callback.
  var callback: MilterCallback? {
    let raw = UInt32(current.load(ordering: .relaxed))
    return raw == 0 ? nil : MilterCallback(rawValue: raw - 1)
  }

  /// The time since the work began, or since the connection began to wait for a thread.
  var busyTime: Duration { CoarseClock.elapsed(since: busySince.load(ordering: .relaxed)) }

  /// The client and the queue ID as text; empty while they are unknown.
  var subject: (client: String, queueID: String) {
    let names = names.withLock { $0 }
    let payload = names.client.span
    var client = ""
    if let (host, address) = try? CommandLayout.connect(payload) {
      client = String(decoding: names.client[host].prefix(Self.longestName), as: UTF8.self)
      if let address { client += " [\(address)]" }
    }
    return (client, String(decoding: names.queueID, as: UTF8.self))
  }
}
