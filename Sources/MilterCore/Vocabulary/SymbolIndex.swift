import Synchronization

/// An index of the names in one large macro packet, so that a lookup need not read the whole packet.
///
/// The index is created at the first lookup, because most packets are never read. It is a hash table with open
/// addressing. It contains offsets, because a dictionary of names would need many times the memory of the
/// packet. It belongs to one packet, so copies of the macros share it.
///
/// The slot of a name depends on the name without braces. So one table serves lookups with and without braces.
final class SymbolIndex: Sendable {
  /// Up to this size, reading a packet is faster than creating an index.
  static let threshold = 1024

  /// The offsets of names plus one, or zero for free slots; empty before the first lookup.
  ///
  /// A packet is not larger than ``WireLimits/macrosOfAStage``, so an offset fits.
  private let slots = Mutex<[UInt16]>([])

  /// Returns the range of the first name in a packet that is equal to a name.
  ///
  /// - Parameters:
  ///   - name: The name, with or without braces.
  ///   - longest: The maximum length of a name around which braces are optional.
  ///   - packet: The packet of the index.
  /// - Returns: The range; `nil` if the packet has no such name.
  func find(_ name: Span<UInt8>, upTo longest: Int, in packet: Span<UInt8>) -> Range<Int>? {
    slots.withLock { slots in
      if slots.isEmpty { slots = Self.table(of: packet) }
      let offset = slots[Self.slot(of: name, upTo: longest, in: packet, slots)]
      return offset == 0 ? nil : packet.cString(at: Int(offset) - 1)
    }
  }

  /// Releases the memory; the next lookup creates the table again.
  func release() { slots.withLock { $0 = [] } }

  private static func table(of packet: Span<UInt8>) -> [UInt16] {
    var count = 0
    for position in packet.indices where packet[position] == 0 { count += 1 }
    // Every second string is a name, so at most half of the slots are used.
    var size = 16
    while size < count + 2 { size *= 2 }
    var slots = [UInt16](repeating: 0, count: size)
    var next = 0
    while let name = packet.cString(at: next) {
      let slot = slot(of: packet.extracting(name), upTo: 1, in: packet, slots)
      // The first name counts.
      if slots[slot] == 0 { slots[slot] = UInt16(next + 1) }
      guard let value = packet.cString(at: name.upperBound + 1) else { break }
      next = value.upperBound + 1
    }
    return slots
  }

  /// Returns the slot of a name, or the free slot for it.
  private static func slot(
    of name: Span<UInt8>, upTo longest: Int, in packet: Span<UInt8>, _ slots: [UInt16]
  ) -> Int {
    let all = 0..<name.count
    let key = name.extracting(MilterSymbols.bare(all, in: name, upTo: .max))
    let wanted = name.extracting(MilterSymbols.bare(all, in: name, upTo: longest))
    // Each process has another seed, so that no peer can choose names that collide.
    var hasher = Hasher()
    unsafe key.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    var slot = hasher.finalize() & (slots.count - 1)
    while slots[slot] != 0, let other = packet.cString(at: Int(slots[slot]) - 1) {
      let bare = MilterSymbols.bare(other, in: packet, upTo: longest)
      if MilterSymbols.areEqual(packet.extracting(bare), wanted) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }
}
