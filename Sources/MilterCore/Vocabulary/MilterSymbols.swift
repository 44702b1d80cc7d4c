/// The macros an MTA has sent on one connection.
///
/// A macro packet replaces the one for the same stage as a whole. Look-up and lifetime are those of
/// `smfi_getsymval`: the stages are searched from the last to the first, and a command forgets the
/// macros of the stages behind it. Packets are kept as they came and read only when asked: most
/// macros are never looked at.
public struct MilterSymbols: Sendable {
  /// The stages from the first of a session to the last.
  private static let order: [MilterStage] = [
    .connect, .helo, .envfrom, .envrcpt, .data, .eoh, .eom,
  ]

  /// The memory of packets up to this size is kept for the next message's; larger ones are rare.
  private static let keptCapacity = 512

  /// The packets in that order, without the byte that names the stage.
  private var packets = [[UInt8]](repeating: [], count: Self.order.count)
  /// How often each packet was replaced or forgotten: a value is good while its number stays.
  private var versions = [UInt32](repeating: 0, count: Self.order.count)

  /// Makes an empty table.
  public init() {}

  /// Keeps a macro packet: a command byte, then names and values, each ended by NUL.
  ///
  /// Ignored are, as by libmilter, stages that own no macros and packets without any string.
  public mutating func store(_ payload: Span<UInt8>) {
    guard payload.count > 1, let owner = MTACommandCode(rawValue: payload[0]),
      let stage = MilterStage(owner: owner), let index = Self.order.firstIndex(of: stage),
      payload.cString(at: 1) != nil
    else { return }
    packets[index].removeAll(keepingCapacity: true)
    packets[index].append(payload, in: 1..<payload.count)
    versions[index] &+= 1
  }

  /// Forgets all macros.
  public mutating func removeAll() { forget(from: 0) }

  /// Forgets the macros of the stages behind one, as its command does when it is executed.
  public mutating func removeAll(after stage: MilterStage) {
    forget(from: (Self.order.firstIndex(of: stage) ?? 0) + 1)
  }

  private mutating func forget(from first: Int) {
    for index in first..<packets.count where !packets[index].isEmpty {
      packets[index].removeAll(keepingCapacity: packets[index].capacity <= Self.keptCapacity)
      versions[index] &+= 1
    }
  }

  /// The value of a macro, or nil when the MTA has not sent it.
  ///
  /// Braces are optional around names of one letter. A name that was sent without a value has none,
  /// and ends the search.
  public subscript(_ name: some Collection<UInt8>) -> [UInt8]? { find(name)?.value }

  /// Where a macro's value was found, to tell later whether it is still there.
  package struct Place: Hashable, Sendable {
    private let packet: Int
    private let version: UInt32

    fileprivate init(packet: Int, version: UInt32) {
      self.packet = packet
      self.version = version
    }

    fileprivate func isCurrent(in versions: [UInt32]) -> Bool { versions[packet] == version }
  }

  /// Whether a packet is still the one in which a value was found.
  package func isCurrent(_ place: Place) -> Bool { place.isCurrent(in: versions) }

  /// The value of a macro and where it was found; see the subscript.
  package func find(_ name: some Collection<UInt8>) -> (value: [UInt8], place: Place)? {
    let wanted = Self.bare(Array(name))
    guard !wanted.isEmpty else { return nil }
    for (number, packet) in packets.enumerated().reversed() where !packet.isEmpty {
      let span = packet.span
      let strings = span.cStrings()
      for index in stride(from: 0, to: strings.count, by: 2)
      where Self.bare(span.bytes(in: strings[index])) == wanted {
        guard index + 1 < strings.count else { return nil }
        let place = Place(packet: number, version: versions[number])
        return (span.bytes(in: strings[index + 1]), place)
      }
    }
    return nil
  }

  /// A name of one letter without its braces; longer names keep theirs.
  private static func bare(_ name: [UInt8]) -> [UInt8] {
    let isBraced = name.first == UInt8(ascii: "{") && name.last == UInt8(ascii: "}")
    return isBraced && name.count == 3 ? [name[1]] : name
  }
}
