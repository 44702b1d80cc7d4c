import CLoad

/// The bytes that the load generator sends and the replies that it expects, burst by burst.
///
/// A script owns memory that C reads, so it must live as long as the ``Load`` that plays it.
final class Script {
  private typealias Memory = (
    bytes: UnsafeMutablePointer<UInt8>, bursts: UnsafeMutablePointer<load_burst>
  )

  private var bytes: [UInt8] = []
  private var bursts: [load_burst] = []
  private var frozen: Memory?
  /// Bytes without a reply, which are sent with the next burst.
  private var pending: [UInt8] = []

  deinit {
    frozen?.bytes.deallocate()
    frozen?.bursts.deallocate()
  }

  /// Adds a burst, once or several times: the bytes to send, and the exact reply.
  func say(_ out: [UInt8], expecting reply: [UInt8], times: Int = 1) {
    let burst = load_burst(
      out: bytes.count, out_size: out.count, expect: bytes.count + out.count,
      expect_size: reply.count)
    bytes += out
    bytes += reply
    bursts += repeatElement(burst, count: times)
  }

  /// Keeps bytes without a reply for the next burst.
  func hold(_ bytes: [UInt8]) { pending += bytes }

  /// Returns the kept bytes, and forgets them.
  func takePending() -> [UInt8] {
    defer { pending = [] }
    return pending
  }

  /// The script for C; nothing may be added later.
  var c: load_script {
    let memory: Memory
    if let frozen {
      memory = frozen
    } else {
      memory = (.allocate(capacity: max(1, bytes.count)), .allocate(capacity: max(1, bursts.count)))
      memory.bytes.initialize(from: bytes, count: bytes.count)
      memory.bursts.initialize(from: bursts, count: bursts.count)
      frozen = memory
    }
    return load_script(bytes: memory.bytes, bursts: memory.bursts, count: bursts.count)
  }
}
