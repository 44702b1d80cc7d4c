import MilterCore
import MilterMTA

/// A message in the chain, with the changes of the members that have seen it.
struct ChainMessage {
  /// The sender and the recipients that were not refused, as the MTA named them.
  var sender: [UInt8] = []
  var recipients: [[UInt8]] = []
  /// The header fields for the next member.
  var headers: [MTAHeader] = []
  /// The body for the next member.
  var body: ChainBody
  /// The size of the header fields, in bytes.
  var headerSize = 0
  /// Whether the members have got DATA.
  var hasData = false
  /// Whether a member has discarded the message.
  var isDiscarded = false
  /// Why the body could not be kept.
  var failure: (any Error)?
  /// Whether the message exceeds the limit.
  ///
  /// The chain then does not keep the content.
  var isTooLarge = false

  private let emptyBody: ChainBody

  init(sender: [UInt8], _ emptyBody: ChainBody) {
    self.sender = sender
    self.emptyBody = emptyBody
    body = emptyBody
  }

  /// Creates a message that a member has discarded.
  init(discarded emptyBody: ChainBody) {
    self.init(sender: [], emptyBody)
    isDiscarded = true
  }

  /// Replaces the header fields with those that a member has changed.
  mutating func show(_ headers: [MTAHeader]) {
    self.headers = headers
    headerSize = headers.reduce(0) { $0 + $1.name.count + $1.value.count + $1.separator.count }
  }

  mutating func append(_ header: MTAHeader, _ limit: MessageLimit) {
    guard !isTooLarge else { return }
    headers.append(header)
    headerSize += header.name.count + header.value.count + header.separator.count
    check(limit)
  }

  mutating func append(_ chunk: [UInt8], _ limit: MessageLimit) {
    guard !isTooLarge, failure == nil else { return }
    do {
      try body.append(chunk)
    } catch {
      failure = error
      body = emptyBody
    }
    check(limit)
  }

  private mutating func check(_ limit: MessageLimit) {
    guard
      limit.isExceeded(headerSize: headerSize, fieldCount: headers.count, bodySize: body.count)
    else { return }
    headers = []
    body = emptyBody
    isTooLarge = true
  }
}
