/// The replies that a filter has made and that were not sent yet.
///
/// The changes to a message stay here until its end has been worked on. A filter that dies, or is cut
/// off, before that has changed nothing. Beyond ``mostHeld`` bytes the changes are released early.
///
/// The chunks of a new body stay together: Postfix takes any other reply between two of them for the
/// end of the body, and the next chunk for an error. Changes that are made after the body began
/// follow it. Once the body is being sent, its last part is held back: pieces of it are the only signs
/// of life that an MTA can be given then.
public struct ReplyBuffer: Sendable {
  /// The bytes that may be sent now.
  public private(set) var ready = ByteWriter()
  /// Changes to the message that may not be sent yet; the new body is at their end.
  private var changes = ByteWriter()
  /// Changes that have to wait for the end of the new body.
  private var late = ByteWriter()
  /// The index in `changes` where the new body begins; nil until the filter replaces the body.
  private var bodyStart: Int?
  /// Whether changes to the message under way were released, so that it may be half new.
  package private(set) var hasReleasedChanges = false
  /// Whether a part of the new body was released.
  package private(set) var hasReleasedBody = false

  private let mostHeld: Int
  private let holdsChanges: Bool

  /// The number of bytes of changes that are held by default: 4 MiB.
  public static let mostHeld = 4 << 20
  /// The size of a body's tail, in bytes, that is held back for signs of life.
  private static let tailSize = 64 * 1024

  /// Whether there is nothing to send, now or later.
  public var isEmpty: Bool {
    ready.isEmpty && changes.isEmpty && late.isEmpty && !hasReleasedChanges
  }

  /// Makes an empty buffer.
  ///
  /// With libmilter's rules replies stay in the order in which they were made, and none is held.
  /// - Parameters:
  ///   - rules: what a filter author's mistake does.
  ///   - mostHeld: the number of bytes of changes beyond which they are released early.
  public init(_ rules: SessionRules = .strict, mostHeld: Int = Self.mostHeld) {
    holdsChanges = rules.holdsChanges
    self.mostHeld = mostHeld
  }

  /// Adds a reply that changes nothing.
  public mutating func append(_ reply: FilterReply) { reply.write(to: &ready) }

  /// Adds the reply continue, which is nearly every reply.
  @inline(__always)
  mutating func appendContinue() { ready.frame(FilterReplyCode.continue.rawValue) }

  /// Adds a change to the message.
  mutating func append(change: FilterReply) {
    if !holdsChanges {
      change.write(to: &ready)
      hasReleasedChanges = true
    } else if bodyStart != nil {
      change.write(to: &late)
    } else {
      change.write(to: &changes)
      releaseSurplus()
    }
  }

  /// Adds a new body, or more of it, in frames of a size; an empty one as an empty frame.
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

  /// Adds a sign of life, ahead of the changes that are held.
  ///
  /// When the body is being sent already, the sign of life is the next piece of its tail.
  mutating func appendSignOfLife() {
    if !hasReleasedBody {
      append(.progress)
    } else if let piece = changes.takeBodyPiece() {
      ready.append(piece)
    }
  }

  /// The part of a new body that is held back while the rest is being sent; nil at other times.
  package var tail: ByteWriter? { hasReleasedBody ? changes : nil }

  /// Forgets pieces of the tail, which somebody else has sent.
  package mutating func dropPieces(_ count: Int) {
    for _ in 0..<count { _ = changes.takeBodyPiece() }
  }

  /// Forgets the changes to the message, unless some were released.
  ///
  /// - Returns: whether the message stays as it was.
  package mutating func dropChanges() -> Bool {
    guard !hasReleasedChanges, !hasReleasedBody else { return false }
    changes.removeAll()
    late.removeAll()
    bodyStart = nil
    return true
  }

  /// The end of the message has been worked on: all changes may be sent.
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

  /// Releases changes, but for the tail of a body, if they take too much memory.
  private mutating func releaseSurplus() {
    // Once begun, it is done in large portions.
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

  /// Forgets what was ready, as it was sent.
  public mutating func removeReady() { ready.removeAll() }

  /// Forgets the first bytes of what was ready, as no more of it could be sent.
  public mutating func removeReady(first count: Int) {
    if count >= ready.count { ready.removeAll() } else { ready.removeFirst(count) }
  }
}
