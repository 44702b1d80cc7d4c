import MilterKit
import Synchronization

/// What an `SMFICTX *` points to.
///
/// A filter may keep the pointer longer than the connection lasts. So the memory is never freed:
/// a slot whose connection is gone says so, until another connection gets it, the one unused
/// longest first.
struct ContextSlot {
  typealias Pointer = UnsafeMutablePointer<ContextSlot>

  /// The connection; nil when it is gone.
  private(set) var context: Unmanaged<MilterContext>?
  /// What the filter keeps: `smfi_setpriv`.
  var privateData: UnsafeMutableRawPointer?
  /// Values of macros that were handed out.
  private(set) var symbols = SymbolCache()

  /// The slots without connection, in the order in which they lost it.
  ///
  /// `@unchecked Sendable`: a pointer is in the list or with one connection, never both.
  private struct Free: @unchecked Sendable {
    var slots: [Pointer] = []
    var next = 0
  }
  private static let free = Mutex(Free())
  /// So many slots rest before one of them is used again.
  private static let restingSlots = 1024

  static func acquire(for context: MilterContext) -> Pointer {
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
    pointer.pointee.context = Unmanaged.passUnretained(context)
    return pointer
  }

  static func release(_ slot: Pointer) {
    slot.pointee.context = nil
    slot.pointee.privateData = nil
    slot.pointee.symbols.removeAll()
    free.withLock { $0.slots.append(slot) }
  }

  /// The slot behind a filter's pointer, if its connection is alive.
  static func of(_ ctx: OpaquePointer?) -> Pointer? {
    guard let ctx else { return nil }
    let slot = Pointer(ctx)
    return slot.pointee.context == nil ? nil : slot
  }

  /// The value of a macro, at an address that is good as long as libmilter's.
  static func symbol(_ slot: Pointer, _ name: [UInt8]) -> UnsafeMutablePointer<CChar>? {
    guard let context = slot.pointee.context?.takeUnretainedValue() else { return nil }
    return slot.pointee.symbols.value(of: name, in: context.session.symbols)
  }
}
