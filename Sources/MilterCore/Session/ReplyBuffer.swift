/// The filter's replies that were not sent yet.
///
/// Changes to a message stay here until its end has been handled. If the filter crashes or is disconnected
/// before that, the message is unchanged. Changes beyond ``mostHeld`` bytes are released early.
///
/// The chunks of a new body stay together: Postfix treats any other reply between them as the end of the body,
/// and the next chunk as an error. Later changes follow the body. While a large body is being sent, its last
/// part is held back, because only parts of the body can then be sent instead of progress replies.
public struct ReplyBuffer: Sendable {
  /// The bytes that may be sent now.
  public private(set) var ready = ByteWriter()
  /// Changes that may not be sent yet, with the new body at the end.
  private var changes = ByteWriter()
  /// Changes that must wait for the end of the new body.
  private var late = ByteWriter()
  /// The index in `changes` where the new body begins; `nil` until the filter replaces the body.
  private var bodyStart: Int?
  /// Whether some changes to the current message were released, so that it may be changed incompletely.
  package private(set) var hasReleasedChanges = false
  /// Whether a part of the new body was released.
  package private(set) var hasReleasedBody = false

  private let mostHeld: Int
  private let holdsChanges: Bool

  /// The maximum size of held changes by default: 4 MiB.
  public static let mostHeld = 4 << 20
  /// The size in bytes of the part of a body that is held back instead of progress replies.
  private static let tailSize = 64 * 1024

  /// Whether there is nothing to send, now or later.
  public var isEmpty: Bool {
    ready.isEmpty && changes.isEmpty && late.isEmpty && !hasReleasedChanges
  }

  /// Creates an empty buffer.
  ///
  /// With libmilter's rules, replies stay in order, and none is held.
  /// - Parameters:
  ///   - rules: The effects of a filter author's mistakes.
  ///   - mostHeld: The number of bytes above which changes are released early.
  public init(_ rules: SessionRules = .strict, mostHeld: Int = Self.mostHeld) {
    holdsChanges = rules.holdsChanges
    self.mostHeld = mostHeld
  }

  /// Adds a reply that is not a change.
  public mutating func append(_ reply: FilterReply) { reply.write(to: &ready) }

  /// Adds the reply continue, which is the usual one.
  @usableFromInline
  mutating func appendContinue() { ready.frame(FilterReplyCode.continue.rawValue) }

  /// Adds a change to the message.
  mutating func append(change: FilterReply) { appendChange { change.write(to: &$0) } }

  /// Adds a header field.
  mutating func append(header name: Span<UInt8>, _ value: Span<UInt8>) {
    appendChange { $0.frame(FilterReplyCode.addheader.rawValue, strings: name, value) }
  }

  /// Adds a change that the closure writes.
  @inline(__always)
  private mutating func appendChange(_ write: (inout ByteWriter) -> Void) {
    if !holdsChanges {
      write(&ready)
      hasReleasedChanges = true
    } else if bodyStart != nil {
      write(&late)
    } else {
      write(&changes)
      releaseSurplus()
    }
  }

  /// Adds a new body, or a part of it, in frames of a size; an empty part as an empty frame.
  mutating func append(body: RawSpan, in size: Int) {
    guard holdsChanges else {
      ready.append(body: body, in: size)
      hasReleasedChanges = true
      return
    }
    if bodyStart == nil { bodyStart = changes.count }
    changes.append(body: body, in: size)
    releaseSurplus()
  }

  /// Adds a progress reply before the held changes.
  ///
  /// If a body is already being sent, the next part of the body replaces the progress reply.
  mutating func appendSignOfLife() {
    if !hasReleasedBody {
      append(.progress)
    } else if let piece = changes.takeBodyPiece() {
      ready.append(piece)
    }
  }

  /// The part of a new body that is held back while the rest is being sent; otherwise `nil`.
  package var tail: ByteWriter? { hasReleasedBody ? changes : nil }

  /// Removes parts of the held body that another thread has sent.
  package mutating func dropPieces(_ count: Int) {
    for _ in 0..<count { _ = changes.takeBodyPiece() }
  }

  /// Removes the changes to the message, unless some were released.
  ///
  /// - Returns: Whether the message stays unchanged.
  package mutating func dropChanges() -> Bool {
    guard !hasReleasedChanges, !hasReleasedBody else { return false }
    changes.removeAll()
    late.removeAll()
    bodyStart = nil
    return true
  }

  /// Releases all changes, after the end of the message has been handled.
  mutating func releaseChanges() {
    if ready.isEmpty {
      swap(&ready, &changes)
    } else if !changes.isEmpty {
      ready.append(changes.storage[..<changes.count])
    }
    changes.removeAll()
    if !late.isEmpty {
      ready.append(late.storage[..<late.count])
      late.removeAll()
    }
    bodyStart = nil
    hasReleasedChanges = false
    hasReleasedBody = false
  }

  /// Releases changes that need too much memory, except the last part of a body.
  private mutating func releaseSurplus() {
    // After the first release, changes are released in large portions.
    let isTooMuch =
      hasReleasedChanges
      ? changes.count > 2 * Self.tailSize : changes.count + late.count > mostHeld
    guard isTooMuch else { return }
    var end = changes.count
    if let bodyStart {
      end = bodyStart
      while end < changes.count {
        let next = end + changes.frameSize(at: end)
        guard changes.count - next >= Self.tailSize else { break }
        end = next
      }
      hasReleasedBody = hasReleasedBody || end > bodyStart
      self.bodyStart = 0
    }
    guard end > 0 else { return }
    hasReleasedChanges = true
    ready.append(changes.storage[..<end])
    changes.removeFirst(end)
  }

  /// Removes the bytes that were ready, after they were sent.
  public mutating func removeReady() { ready.removeAll() }

  /// Removes the first bytes that were ready, after they were sent.
  public mutating func removeReady(first count: Int) {
    if count >= ready.count { ready.removeAll() } else { ready.removeFirst(count) }
  }
}
