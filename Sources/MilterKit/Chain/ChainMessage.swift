import MilterCore
import MilterMTA

/// A message on its way through the members: what came of it, and what those before have changed.
struct ChainMessage {
  /// The sender and the recipients that were not refused, as the MTA named them.
  var sender: [UInt8] = []
  var recipients: [[UInt8]] = []
  /// The header fields that the next member is shown.
  var headers: [MTAHeader] = []
  /// The body that the next member is shown.
  var body: ChainBody
  /// The size of the header fields, in bytes.
  var headerSize = 0
  /// Whether the members know of DATA.
  var hasData = false
  /// Whether a member has thrown it away.
  var isDiscarded = false
  /// Why the body could not be kept.
  var failure: (any Error)?
  /// Whether the message exceeds the limit.
  ///
  /// Its content is then not kept.
  var isTooLarge = false

  private let emptyBody: ChainBody

  init(sender: [UInt8], _ emptyBody: ChainBody) {
    self.sender = sender
    self.emptyBody = emptyBody
    body = emptyBody
  }

  /// A message that a member has thrown away.
  init(discarded emptyBody: ChainBody) {
    self.init(sender: [], emptyBody)
    isDiscarded = true
  }

  /// The memory of a field besides its name and value, in bytes.
  private static let fieldCost = 64
  /// The maximum size of a header in bytes: it is in memory.
  static let largestHeader = 8 << 20

  /// Replaces the header fields by those that a member has made of them.
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
    let cost = headerSize + headers.count * Self.fieldCost
    guard cost > Self.largestHeader || headerSize + body.count > limit.bytes else { return }
    headers = []
    body = emptyBody
    isTooLarge = true
  }
}
