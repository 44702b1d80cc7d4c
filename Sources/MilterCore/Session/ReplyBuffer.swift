/// What a filter has to say and has not sent yet.
///
/// Actions and verdicts are collected, so that all of an end of message goes out in one write. The
/// chunks of a new body stay together: Postfix takes any other reply between two of them for the
/// end of the body, and the next chunk for an error. What comes in between waits.
public struct ReplyBuffer: Sendable {
  /// What may be sent now.
  public private(set) var ready = ByteWriter()
  /// What has to wait for the end of the new body.
  private var held = ByteWriter()
  /// Whether the last thing that went out was a chunk of the new body.
  public private(set) var isReplacingBody = false
  private let keepsBodyTogether: Bool

  /// Whether there is nothing to send, now or later.
  public var isEmpty: Bool { ready.isEmpty && held.isEmpty && !isReplacingBody }

  /// Makes an empty buffer.
  ///
  /// With libmilter's rules replies stay in the order in which they were made.
  public init(_ rules: SessionRules = .strict) { keepsBodyTogether = rules == .strict }

  /// Adds a reply behind the others.
  public mutating func append(_ reply: FilterReply) {
    if isReplacingBody {
      reply.write(to: &held)
    } else {
      reply.write(to: &ready)
    }
  }

  /// Adds a new body, or more of it, in frames of a size; an empty one as an empty frame.
  mutating func append(body: RawSpan, in size: Int) {
    isReplacingBody = keepsBodyTogether
    var rest = body
    repeat {
      let chunk = rest.extracting(first: size)
      ready.frame(FilterReplyCode.replacebody.rawValue) { $0.append(chunk) }
      rest = rest.extracting(droppingFirst: chunk.byteCount)
    } while !rest.isEmpty
  }

  /// The new body, if there is one, is complete.
  mutating func endBody() {
    isReplacingBody = false
    guard !held.isEmpty else { return }
    ready.append(held.storage[..<held.count])
    held.removeAll()
  }

  /// Forgets what was ready, as it was sent.
  public mutating func removeReady() { ready.removeAll() }

  /// Forgets the first bytes of what was ready, as no more of it could be sent.
  public mutating func removeReady(first count: Int) {
    if count >= ready.count { ready.removeAll() } else { ready.removeFirst(count) }
  }
}
