import MilterCore
import MilterSystem

/// The MTA's side of a conversation in memory.
final class MemoryLink {
  /// The replies that the caller expects, and need not see.
  enum Outlook {
    case anything
    case nothing
    case `continue`
  }

  /// The bytes that the filter has not read yet.
  var received: ArraySlice<UInt8> = []
  /// The filter's replies, unless ``onReplies`` takes them.
  var replies: [UInt8] = []
  /// Called with the filter's replies as they are written.
  var onReplies: (([UInt8]) -> Void)?
  // No access lasts while a callback runs.
  /// The reply that is not delivered.
  @exclusivity(unchecked) var outlook = Outlook.anything

  /// Reads bytes that were not read yet.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadResult {
    let count = min(buffer.count, received.count)
    guard count > 0 else { return .wouldBlock }
    buffer.copyBytes(from: received.prefix(count))
    received = received.dropFirst(count)
    return .bytes(count)
  }

  /// Writes all bytes, and returns their number.
  func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    // Whole frames are written, so this size is that of one frame without payload.
    if outlook == .continue, bytes.count == WireLimits.headerSize,
      bytes.last == FilterReplyCode.continue.rawValue
    {
      outlook = .nothing
      return bytes.count
    }
    outlook = .anything
    if let onReplies { onReplies(Array(bytes)) } else { replies += bytes }
    return bytes.count
  }
}
