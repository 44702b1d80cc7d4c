import Synchronization

/// Finds the names of one large macro packet without reading the whole packet each time.
///
/// The index is made at the first look-up: most packets are never looked into. It is a hash table
/// with open addressing that holds offsets, since a dictionary of names would take many times the
/// memory of the packet. It belongs to the packet with which it was made, so copies of the macros
/// share it.
final class SymbolIndex: Sendable {
  /// Packets up to this size are faster to read than to index.
  static let threshold = 1024

  /// Offsets of names plus one, and zeros for free slots; empty before the first look-up.
  ///
  /// A packet is no larger than ``WireLimits/macrosOfAStage``, so an offset fits.
  private let slots = Mutex<[UInt16]>([])

  /// The place of the first name in a packet that is equal to one without braces.
  func find(_ wanted: ArraySlice<UInt8>, in packet: Span<UInt8>) -> Range<Int>? {
    slots.withLock { slots in
      if slots.isEmpty { slots = Self.table(of: packet) }
      let slot = Self.slot(of: wanted.span, in: packet, slots)
      return slots[slot] == 0 ? nil : packet.cString(at: Int(slots[slot]) - 1)
    }
  }

  /// Gives the memory back; the next look-up makes the table again.
  func release() { slots.withLock { $0 = [] } }

  private static func table(of packet: Span<UInt8>) -> [UInt16] {
    var count = 0
    for position in packet.indices where packet[position] == 0 { count += 1 }
    // Every other string is a name, so at most half of the slots are taken.
    var size = 16
    while size < count + 2 { size *= 2 }
    var slots = [UInt16](repeating: 0, count: size)
    var next = 0
    while let name = packet.cString(at: next) {
      let slot = slot(
        of: packet.extracting(MilterSymbols.bare(name, in: packet)), in: packet, slots)
      // The first name counts.
      if slots[slot] == 0 { slots[slot] = UInt16(next + 1) }
      guard let value = packet.cString(at: name.upperBound + 1) else { break }
      next = value.upperBound + 1
    }
    return slots
  }

  /// The slot of a name, or the free slot where it belongs.
  private static func slot(
    of name: Span<UInt8>, in packet: Span<UInt8>, _ slots: [UInt16]
  ) -> Int {
    // Seeded anew in each process, so that no peer can choose names that collide.
    var hasher = Hasher()
    unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    var slot = hasher.finalize() & (slots.count - 1)
    while slots[slot] != 0 {
      guard let other = packet.cString(at: Int(slots[slot]) - 1) else { break }
      if areEqual(packet.extracting(MilterSymbols.bare(other, in: packet)), name) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private static func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    one.count == other.count && one.indices.allSatisfy { one[$0] == other[$0] }
  }
}
