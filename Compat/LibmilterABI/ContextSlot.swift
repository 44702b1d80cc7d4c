import MilterRuntime
import MilterSystem

/// The object that an `SMFICTX *` points to.
///
/// A filter may keep the pointer longer than the connection lasts. So the memory is never freed:
/// a slot whose connection is gone records that until another connection gets the slot. The slot that has
/// been unused longest is reused first.
///
/// A filter may use the pointer on any thread. So the content is read and changed under `lock` only,
/// which is also that of the connection: a thread that has found the connection keeps it from ending.
struct ContextSlot {
  typealias Pointer = UnsafeMutablePointer<ContextSlot>

  struct Content {
    /// The connection; nil when it is gone.
    fileprivate(set) var context: Conversation?
    /// The filter's own data: `smfi_setpriv`.
    var privateData: UnsafeMutableRawPointer?
    /// Values of macros that were handed out.
    var symbols = SymbolCache()
  }

  /// Guards the content and the connection.
  private let lock = SystemLock()
  /// Memory of its own: the slot itself never changes, so that the lock is found without one.
  private let content = UnsafeMutablePointer<Content>.allocate(capacity: 1)

  private init() { content.initialize(to: Content()) }

  private func withContent<Result>(_ body: (inout Content) throws -> Result) rethrows -> Result {
    try lock.withLock { try body(&content.pointee) }
  }

  /// The slots without connection, in the order in which they lost it.
  ///
  /// `@unchecked Sendable`: a pointer is in the list or with one connection, never both.
  private struct Free: @unchecked Sendable {
    var slots: [Pointer] = []
    var next = 0
  }
  private static let free = SystemMutex(Free())
  /// The number of slots that rest before one of them is used again.
  private static let restingSlots = 1024

  static func acquire(for context: Conversation) -> Pointer {
    let slot = free.withLock { free -> Pointer? in
      guard free.slots.count - free.next > restingSlots else { return nil }
      defer {
        free.next += 1
        if free.next > restingSlots {
          free.slots.removeFirst(free.next)
          free.next = 0
        }
      }
      return free.slots[free.next]
    }
    let pointer = slot ?? .allocate(capacity: 1)
    if slot == nil { pointer.initialize(to: ContextSlot()) }
    context.lock = pointer.pointee.lock
    pointer.pointee.withContent { $0.context = context }
    return pointer
  }

  static func release(_ slot: Pointer) {
    slot.pointee.withContent { content in
      content.context = nil
      content.privateData = nil
      content.symbols.removeAll()
    }
    free.withLock { $0.slots.append(slot) }
  }

  /// Runs `body` on the slot of a filter's pointer and its connection, which no other thread uses
  /// meanwhile.
  ///
  /// - Returns: nil if the connection is gone.
  static func withConnection<Result>(
    _ ctx: OpaquePointer?, _ body: (inout Content, Conversation) throws -> Result
  ) rethrows -> Result? {
    guard let ctx else { return nil }
    return try Pointer(ctx).pointee.withContent { content in
      guard let context = content.context else { return nil }
      return try body(&content, context)
    }
  }
}
