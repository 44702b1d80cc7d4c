import MilterCore
import MilterFilterFixtures

/// What a filter does wrong.
enum HostileDeed: Sendable, CaseIterable {
  case garbage, silence, hangUp, hugeFrame, unaskedChange, endlessReplies

  /// What it does at its step.
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
  /// Does something wrong at a step.
  convenience init(_ deed: HostileDeed, at step: MTACommandCode) throws {
    try self.init(.init([step: deed.answer]))
  }

  /// Replies as it should, on the first connections except for one step.
  convenience init(
    replies: [FilterReply], at step: MTACommandCode, badConnections: Int = .max
  ) throws {
    try self.init(.init([step: .replies(replies)]), connections: badConnections)
  }

  /// Sends the same reply to one step until the MTA has had enough.
  convenience init(endless reply: FilterReply, at step: MTACommandCode) throws {
    let bytes = [[UInt8]](repeating: reply.bytes, count: 100).flatMap(\.self)
    try self.init(.init([step: .endless(bytes)]))
  }
}
