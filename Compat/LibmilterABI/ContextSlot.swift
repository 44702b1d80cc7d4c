import MilterRuntime
import MilterSystem

/// The object behind an `SMFICTX *`.
///
/// A filter may keep the pointer after the connection has ended. So the memory is never freed: the slot has no
/// connection until another one uses it. The slot that has been unused longest is used first.
///
/// A filter may use the pointer on any thread. So the content is used only under `lock`, which is also the lock
/// of the connection: while a thread uses the connection, it cannot end.
///
/// A copy would count a reference to the lock for each function.
struct ContextSlot: ~Copyable {
  typealias Pointer = UnsafeMutablePointer<ContextSlot>

  struct Content {
    /// The connection; `nil` after its end.
    fileprivate(set) var context: Conversation?
    /// The filter's own data: `smfi_setpriv`.
    var privateData: UnsafeMutableRawPointer?
    /// The values of macros that the filter has got.
    var symbols = SymbolCache()
  }

  /// Guards the content and the connection.
  private let lock = SystemLock()
  /// Separate memory: the slot itself never changes, so a thread can find the lock without a lock.
  private let content = UnsafeMutablePointer<Content>.allocate(capacity: 1)

  private init() { content.initialize(to: Content()) }

  private func withContent<Result>(_ body: (inout Content) throws -> Result) rethrows -> Result {
    try lock.withLock { try body(&content.pointee) }
  }

  /// The slots without connection, in the order in which they became free.
  ///
  /// `@unchecked Sendable`: a pointer is either in the list or used by one connection.
  private struct Free: @unchecked Sendable {
    var slots: [Pointer] = []
    var next = 0
  }
  private static let free = SystemMutex(Free())
  /// The number of slots that stay unused before one of them is used again.
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
    context.use(pointer.pointee.lock)
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

  /// Calls `body` with the slot of a filter's pointer and its connection, while no other thread uses it.
  ///
  /// - Returns: The result of `body`; `nil` if the connection has ended.
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
