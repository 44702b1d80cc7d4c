import MilterCore

/// A session in memory: bursts of an MTA's bytes in, replies out, no I/O.
struct CorePlay {
  private var decoder = FrameDecoder()
  private var session = FilterSession(callbacks: .all)
  private var output = ReplyBuffer()
  private let readsCommands: Bool
  private let message: [[UInt8]]

  /// The number of replies.
  private(set) var replies = 0
  /// The number of bytes in the replies.
  private(set) var bytes = 0

  /// The number of reply bytes for one message: 18 replies of 5 bytes and the added header field.
  private static let replyBytes = 18 * 5 + 5 + 16

  init(readsCommands: Bool) throws {
    self.readsCommands = readsCommands
    message = CoreMessage.bursts
    for burst in CoreMessage.opening { try play(burst) }
    replies = 0
    bytes = 0
  }

  /// Plays a message of 18 replies, and checks the size of the replies.
  mutating func playMessage() throws {
    let before = (replies, bytes)
    for burst in message { try play(burst) }
    guard replies - before.0 == 18, bytes - before.1 == Self.replyBytes else {
      throw MilterError(
        .malformedReply, "a message got \(replies - before.0) replies, \(bytes - before.1) bytes")
    }
  }

  /// Does the work of a server between a read and the next write.
  private mutating func play(_ burst: [UInt8]) throws {
    var sent = 0
    while sent < burst.count {
      sent += decoder.fill { space in
        let count = min(space.byteCount, burst.count - sent)
        burst.withUnsafeBytes { bytes in
          let piece = UnsafeRawBufferPointer(rebasing: bytes[sent..<sent + count])
          space.withUnsafeMutableBytes { $0.copyMemory(from: piece) }
        }
        return count
      }
      while let frame = try decoder.next() { try handle(frame) }
    }
    bytes += output.ready.count
    output.removeReady()
  }

  private mutating func handle(_ frame: Frame) throws {
    let buffer = decoder.storage
    let payload = buffer.span.extracting(frame.payload)
    if readsCommands { _ = try MTACommand(code: frame.code, payload: payload) }
    var step = session.receive(frame.code, payload)
    while true {
      switch step {
      case .done: return
      case .call(let callback):
        if callback == .eom {
          try session.add(
            .addheader(name: Array("X-Bench".utf8), value: Array("checked".utf8)), to: &output)
        }
        step = session.answer(callback == .eom ? .accept : .continue, to: &output)
        replies += 1
      case .messageBegan, .messageEnded, .abort: step = session.resume()
      case .negotiate:
        _ = try session.offer(payload)
        try session.agree(.continue, session.proposal(.addhdrs), to: &output)
        replies += 1
        return
      case .acknowledge(let callback):
        throw MilterError(.statusNotAllowed, "\(callback) was not called")
      case .mistake(let error), .fail(let error): throw error
      case .close, .quit: throw MilterError(.statusNotAllowed, "the session ended")
      }
    }
  }
}
