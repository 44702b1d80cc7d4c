@testable import MilterCore

/// The conditions for all output of a session, whatever the MTA and the filter do.
enum ReplyCheck {
  /// Checks the output for one command: complete, readable packets, at most one final reply, which
  /// is the last packet, and no packet for a command without a reply.
  static func check(_ bytes: ArraySlice<UInt8>, isAsked: Bool, _ session: FilterSession) {
    guard !bytes.isEmpty else { return }
    var decoder = FrameDecoder()
    decoder.maximumPayload = WireLimits.payload1M
    decoder.append(bytes)
    var replies: [FilterReplyCode] = []
    do {
      while let frame = try decoder.next() {
        let payload = decoder.storage.span.extracting(frame.payload)
        let reply = try FilterReply(code: frame.code, payload: payload)
        guard reply.bytes.count == frame.payload.count + WireLimits.headerSize else {
          fatalError("\(reply.code) does not come back as it was sent")
        }
        replies.append(reply.code)
      }
    } catch {
      fatalError("a reply cannot be read: \(error)")
    }
    guard decoder.isEmpty else { fatalError("half a reply was sent") }
    let ends = replies.count { !$0.isOnTheWay }
    guard ends <= 1 else { fatalError("one command, \(ends) replies: \(replies)") }
    // Under libmilter's rules, a C filter may also send changes after its reply.
    guard session.rules == .strict else { return }
    if ends == 1, replies.last?.isOnTheWay != false {
      fatalError("something follows the reply: \(replies)")
    }
    let bodies = replies.split { $0 != .replacebody }.count
    guard bodies <= 1 else { fatalError("a new body in \(bodies) parts: \(replies)") }
    guard ends == 0 || isAsked else { fatalError("\(replies) to a command that needs none") }
  }
}

extension FilterReplyCode {
  /// Whether another reply must follow.
  fileprivate var isOnTheWay: Bool { self == .progress || flag != nil }
}
