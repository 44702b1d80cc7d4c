/// The macros that an MTA has sent on one connection.
///
/// A macro packet replaces all macros of the same stage. Lookup and lifetime are those of `smfi_getsymval`: the
/// stages are searched from the last to the first, and a command removes the macros of later stages. Packets
/// are stored unread and are read only on request, because most macros are never used.
public struct MilterSymbols: Sendable {
  /// The number of stages.
  private static let stages = 7

  /// The memory that is kept for the next message's packets; larger packets are rare.
  private static let keptCapacity = 2048

  /// The unused memory in bytes that stays when memory is released: the allocator rounds sizes up.
  private static let slack = 32

  /// The packets in the order of a session, without the byte that names the stage; bytes after the last packet have
  /// no meaning.
  private var storage: [UInt8] = []
  /// The offset of each packet, and the end of the last one.
  ///
  /// A vector, because an array would need an allocation for every idle connection.
  private var offsets = SIMD8<Int32>()
  /// The number of times that each packet was replaced or removed: a value is valid while this number stays the
  /// same.
  private var versions = SIMD8<UInt32>()
  /// The indexes of large packets, by position; empty while there is no large packet.
  private var indexes: [SymbolIndex?] = []

  /// Creates an empty table.
  public init() {}

  /// The position of a stage in a session.
  private static func position(of stage: MilterStage) -> Int {
    switch stage {
    case .connect: 0
    case .helo: 1
    case .envfrom: 2
    case .envrcpt: 3
    case .data: 4
    case .eoh: 5
    case .eom: 6
    }
  }

  /// The place of the packet at a position.
  private func place(of position: Int) -> Range<Int> {
    Int(offsets[position])..<Int(offsets[position + 1])
  }

  /// The size of all packets.
  private var size: Int { Int(offsets[Self.stages]) }

  /// Stores a macro packet: a command byte, then names and values, each with a NUL at its end.
  ///
  /// Like libmilter, the method ignores stages without macros, and packets without any string.
  ///
  /// - Throws: ``MilterError/Code/malformedCommand`` if the packet is larger than
  ///   ``WireLimits/macrosOfAStage``, or the macros together are larger than
  ///   ``WireLimits/macrosInAll``. MTAs send a few kilobytes.
  public mutating func store(_ payload: Span<UInt8>) throws(MilterError) {
    guard payload.count > 1, let owner = MTACommandCode(rawValue: payload[0]),
      let stage = MilterStage(owner: owner), CLibrary.firstNUL(in: payload, from: 1) != nil
    else { return }
    let position = Self.position(of: stage)
    let former = place(of: position)
    let packet = payload.extracting(1..<payload.count)
    let growth = packet.count - former.count
    guard payload.count <= WireLimits.macrosOfAStage, size + growth <= WireLimits.macrosInAll else {
      throw MilterError(
        .malformedCommand,
        "\(payload.count) bytes of macros: a packet may have \(WireLimits.macrosOfAStage) bytes, "
          + "and the packets of all stages \(WireLimits.macrosInAll)")
    }
    if growth != 0 {
      if storage.count < size + growth { grow(to: size + growth) }
      if former.upperBound < size { move(former.upperBound..<size, by: growth) }
      changeOffsets(after: position) { $0 &+= Int32(growth) }
    }
    // The memory has room for all packets.
    unsafe storage.withUnsafeMutableBytes { bytes in
      let place = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[former.lowerBound...])
      unsafe packet.withUnsafeBytes { unsafe place.copyMemory(from: $0) }
    }
    versions[position] &+= 1
    setIndex(payload.count > SymbolIndex.threshold ? SymbolIndex() : nil, of: position)
  }

  @inline(__always)
  private mutating func changeOffsets(after first: Int, _ body: (inout Int32) -> Void) {
    // Assigning the elements one by one would take ten times as long.
    unsafe withUnsafeMutableBytes(of: &offsets) { offsets in
      let offsets = unsafe offsets.assumingMemoryBound(to: Int32.self)
      for position in first + 1...Self.stages { unsafe body(&offsets[position]) }
    }
  }

  /// Moves the packets after one whose size changes.
  @inline(never)
  private mutating func move(_ later: Range<Int>, by growth: Int) {
    // The memory has room for all packets.
    unsafe storage.withUnsafeMutableBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(later.lowerBound + growth)...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[later]))
    }
  }

  @inline(never)
  private mutating func grow(to size: Int) {
    // An array that grows by itself may get twice the size, and would keep it while idle.
    if size > Self.keptCapacity { storage.reserveCapacity(size) }
    storage.append(contentsOf: repeatElement(0, count: size - storage.count))
  }

  private mutating func setIndex(_ index: SymbolIndex?, of position: Int) {
    if indexes.isEmpty {
      if index == nil { return }
      indexes = Array(repeating: nil, count: Self.stages)
    }
    indexes[position] = index
  }

  /// Releases memory that can be allocated again when it is needed.
  package mutating func releaseStorage() {
    if storage.capacity > size + Self.slack { storage = Array(storage[..<size]) }
    for index in indexes { index?.release() }
  }

  /// Removes all macros.
  public mutating func removeAll() { forget(from: 0) }

  /// Removes the macros of the stages after one, as its command does.
  public mutating func removeAll(after stage: MilterStage) {
    forget(from: Self.position(of: stage) + 1)
  }

  private mutating func forget(from first: Int) {
    let rest = Int(offsets[first])
    guard rest < size else { return }
    changeOffsets(after: first) { $0 = Int32(rest) }
    for position in first..<Self.stages { versions[position] &+= 1 }
    if !indexes.isEmpty { for position in first..<Self.stages { indexes[position] = nil } }
    if storage.capacity > max(Self.keptCapacity, 4 * rest) { storage = Array(storage[..<rest]) }
  }

  /// Returns the names and values of a stage as the MTA has sent them, each with a NUL; `nil` without a packet.
  package func strings(of stage: MilterStage) -> [UInt8]? {
    let packet = storage[place(of: Self.position(of: stage))]
    return packet.lastIndex(of: 0).map { Array(packet[...$0]) }
  }

  /// The value of a macro; `nil` if the MTA has not sent it.
  ///
  /// Braces are optional around names of one letter. If a name was sent without a value, it has no value, and
  /// the search ends.
  public subscript(_ name: some Collection<UInt8>) -> [UInt8]? { find(name)?.value }

  /// The position of a macro's value, with which a later check can find out whether the value is still there.
  package struct Place: Hashable, Sendable {
    fileprivate let packet: Int
    fileprivate let version: UInt32
  }

  /// Whether a packet is still the one in which a value was found.
  package func isCurrent(_ place: Place) -> Bool { versions[place.packet] == place.version }

  /// The value of a macro; `nil` if the MTA has not sent it.
  ///
  /// Braces are optional around all names.
  package subscript(_ macro: MilterMacroName) -> [UInt8]? {
    find(macro.name.utf8, ignoringBraces: true)?.value
  }

  /// Returns the value of a macro and its position; see the subscript.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - ignoresBraces: Whether braces are also optional around longer names.
  /// - Returns: The value and its position; `nil` if the MTA has not sent the macro.
  package func find(
    _ name: some Collection<UInt8>, ignoringBraces ignoresBraces: Bool = false
  ) -> (value: [UInt8], place: Place)? {
    let name = Array(name)
    guard let (value, place) = find(name.span, upTo: ignoresBraces ? .max : 1) else { return nil }
    return (storage.span.bytes(in: value), place)
  }

  /// Calls `body` with the value of a macro and its position, if the MTA has sent it; see the subscript.
  ///
  /// Unlike ``find(_:ignoringBraces:)``, it copies nothing.
  package func read(_ name: String, _ body: (Span<UInt8>, Place) -> Void) {
    var name = name
    name.withUTF8 { name in
      guard let (value, place) = unsafe find(name.span, upTo: 1) else { return }
      body(storage.span.extracting(value), place)
    }
  }

  /// Returns the range of a macro's value in all packets, and its position.
  private func find(
    _ name: Span<UInt8>, upTo longest: Int
  ) -> (value: Range<Int>, place: Place)? {
    let bare = Self.bare(0..<name.count, in: name, upTo: longest)
    guard !bare.isEmpty else { return nil }
    let wanted = name.extracting(bare)
    let all = storage.span
    for position in (0..<Self.stages).reversed() {
      let place = place(of: position)
      if place.isEmpty { continue }
      let packet = all.extracting(place)
      let found =
        if !indexes.isEmpty, let index = indexes[position] {
          index.find(name, upTo: longest, in: packet)
        } else {
          Self.scan(packet, for: wanted, upTo: longest)
        }
      if let found {
        return packet.cString(at: found.upperBound + 1).map {
          (
            place.lowerBound + $0.lowerBound..<place.lowerBound + $0.upperBound,
            Place(packet: position, version: versions[position])
          )
        }
      }
    }
    return nil
  }

  private static func scan(
    _ packet: Span<UInt8>, for wanted: Span<UInt8>, upTo longest: Int
  ) -> Range<Int>? {
    var next = 0
    while let name = packet.cString(at: next) {
      if areEqual(packet.extracting(bare(name, in: packet, upTo: longest)), wanted) { return name }
      guard let value = packet.cString(at: name.upperBound + 1) else { return nil }
      next = value.upperBound + 1
    }
    return nil
  }

  /// Returns the range of a name without its braces; names longer than `longest` keep theirs.
  static func bare(_ name: Range<Int>, in bytes: Span<UInt8>, upTo longest: Int) -> Range<Int> {
    let isBraced =
      name.count > 2 && name.count - 2 <= longest
      && bytes[name.lowerBound] == UInt8(ascii: "{")
      && bytes[name.upperBound - 1] == UInt8(ascii: "}")
    return isBraced ? name.lowerBound + 1..<name.upperBound - 1 : name
  }

  static func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    one.count == other.count && one.indices.allSatisfy { one[$0] == other[$0] }
  }
}
