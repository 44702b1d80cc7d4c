import MilterCore
import MilterFilterFixtures

/// A violation of the protocol by a filter.
enum HostileDeed: Sendable, CaseIterable {
  case garbage, silence, hangUp, hugeFrame, unaskedChange, endlessReplies

  /// The filter's answer at its step.
  var answer: RawFilter.Answer {
    switch self {
    case .garbage: .bytes([0, 0, 0, 3] + Array("???".utf8))
    case .silence: .bytes([])
    case .hangUp: .end
    case .hugeFrame: .bytes([0xFF, 0xFF, 0xFF, 0xFF] + Array("cc".utf8))
    case .unaskedChange:
      .bytes([0, 0, 0, 5] + Array("hX\0v\0".utf8) + [0, 0, 0, 1] + Array("c".utf8))
    case .endlessReplies: .replies([FilterReply](repeating: .continue, count: 500))
    }
  }
}

extension RawFilter {
  /// Creates a filter that violates the protocol at a step.
  convenience init(_ deed: HostileDeed, at step: MTACommandCode) throws {
    try self.init(.init([step: deed.answer]))
  }

  /// Creates a filter that sends these replies to a step on its first connections, and else
  /// continue.
  convenience init(
    replies: [FilterReply], at step: MTACommandCode, badConnections: Int = .max
  ) throws {
    try self.init(.init([step: .replies(replies)]), connections: badConnections)
  }

  /// Creates a filter that sends the same reply to a step until the MTA closes the connection.
  convenience init(endless reply: FilterReply, at step: MTACommandCode) throws {
    let bytes = [[UInt8]](repeating: reply.bytes, count: 100).flatMap(\.self)
    try self.init(.init([step: .endless(bytes)]))
  }
}
