import MilterCore

/// The limits of the changes that a filter may request at the end of a message.
package struct ChangeLimits: Sendable {
  /// The maximum number of changes, without the chunks of a new body.
  package var count: Int
  /// The maximum size of these changes, in bytes.
  package var bytes: Int
  /// The maximum size of a new body, in bytes.
  package var bodyBytes: Int

  /// Creates limits.
  package init(count: Int, bytes: Int, bodyBytes: Int) {
    self.count = count
    self.bytes = bytes
    self.bodyBytes = bodyBytes
  }
}

/// The changes that a filter has requested at the end of a message.
struct ChangeTally: Sendable {
  var count = 0
  var bytes = 0
  var bodyBytes = 0
  /// The chunks of a new body that the caller has not taken yet.
  var newBody: [[UInt8]] = []
}

extension MTASession {
  /// Keeps a reply of this size in bytes for the exchange or the caller.
  mutating func keep(_ reply: FilterReply, ofSize size: Int) throws(MTAFailure) {
    guard !keepsContent else {
      current?.replies.append(reply)
      return
    }
    switch reply {
    case .progress:
      progressCount &+= 1
      return
    case .replacebody(let piece):
      tally.bodyBytes += piece.count
      tally.newBody.append(piece)
    default:
      if reply.code.flag != nil {
        tally.count += 1
        tally.bytes += size
      }
      current?.replies.append(reply)
    }
    guard let limits = changeLimits else { return }
    if tally.bodyBytes > limits.bodyBytes { throw excess("a body of", limits.bodyBytes, "bytes") }
    if tally.count > limits.count { throw excess("", limits.count, "changes") }
    if tally.bytes > limits.bytes { throw excess("changes of", limits.bytes, "bytes") }
  }

  private func excess(_ what: String, _ limit: Int, _ unit: String) -> MTAFailure {
    let text = [what, "more than \(limit)", unit].filter { !$0.isEmpty }.joined(separator: " ")
    return MTAFailure(.unexpectedReply, "the filter sent \(text)")
  }
}
