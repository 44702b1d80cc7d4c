import Synchronization

/// Finds the names of one large macro packet without reading the whole packet each time.
///
/// The index is made at the first look-up: most packets are never looked into. It is a hash table
/// with open addressing that holds offsets, since a dictionary of names would take many times the
/// memory of the packet. It belongs to the packet with which it was made, so copies of the macros
/// share it.
///
/// A name has its slot by what it is without braces, so that one table serves look-ups that ignore
/// braces and those that do not.
final class SymbolIndex: Sendable {
  /// Packets up to this size are faster to read than to index.
  static let threshold = 1024

  /// Offsets of names plus one, and zeros for free slots; empty before the first look-up.
  ///
  /// A packet is no larger than ``WireLimits/macrosOfAStage``, so an offset fits.
  private let slots = Mutex<[UInt16]>([])

  /// The place of the first name in a packet that is equal to one.
  ///
  /// - Parameters:
  ///   - name: the name, with or without braces.
  ///   - longest: the longest name around which braces do not matter.
  ///   - packet: the packet with which the index was made.
  /// - Returns: nil if the packet has no such name.
  func find(_ name: Span<UInt8>, upTo longest: Int, in packet: Span<UInt8>) -> Range<Int>? {
    slots.withLock { slots in
      if slots.isEmpty { slots = Self.table(of: packet) }
      let offset = slots[Self.slot(of: name, upTo: longest, in: packet, slots)]
      return offset == 0 ? nil : packet.cString(at: Int(offset) - 1)
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
      let slot = slot(of: packet.extracting(name), upTo: 1, in: packet, slots)
      // The first name counts.
      if slots[slot] == 0 { slots[slot] = UInt16(next + 1) }
      guard let value = packet.cString(at: name.upperBound + 1) else { break }
      next = value.upperBound + 1
    }
    return slots
  }

  /// The slot of a name, or the free slot where it belongs.
  private static func slot(
    of name: Span<UInt8>, upTo longest: Int, in packet: Span<UInt8>, _ slots: [UInt16]
  ) -> Int {
    let all = 0..<name.count
    let key = name.extracting(MilterSymbols.bare(all, in: name, upTo: .max))
    let wanted = name.extracting(MilterSymbols.bare(all, in: name, upTo: longest))
    // Seeded anew in each process, so that no peer can choose names that collide.
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
