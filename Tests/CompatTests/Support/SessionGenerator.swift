import MilterRandomFixtures

/// A generator of sessions, which makes the same session for the same seed.
struct SessionGenerator {
  var random: SplitMix64
  var session: Session

  private init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    let number = Int(seed >> 56) % Variant.count
    session = Session(seed: seed, variant: Variant(number: number))
  }

  /// Returns the session of a seed, whose first byte selects the variant of the filter.
  static func session(seed: UInt64) -> Session {
    var generator = SessionGenerator(seed: seed)
    generator.make()
    return generator.session
  }

  private var variant: Variant { session.variant }

  private mutating func make() {
    if random.oneIn(40) { session.manners.insert(.huge) }
    let choice = random.below(100)
    // On TCP, replies are lost if the filter then closes the connection with unread bytes. In
    // polite sessions no bytes are unread.
    if variant.usesTCP || choice < 30 {
      makePolite()
    } else if choice < 55 {
      session.kind = "burst"
      makeWild()
      send(opening() + (0...random.below(3)).flatMap { _ in message() } + closing())
    } else if choice < 77 || variant.noBits != 0 {
      session.kind = "disordered"
      makeWild()
      send(disordered())
    } else if choice < 90 {
      session.kind = "malformed"
      makeWild()
      makeMalformed()
    } else if choice < 95 {
      session.kind = "negotiation"
      makeWild()
      send([oddNegotiation()] + (random.oneIn(4) ? [oddNegotiation()] : []) + disordered(5))
    } else {
      session.kind = "exception"
      makeWild()
      makeException()
    }
  }

  private mutating func makeWild() {
    if random.oneIn(2) { session.manners.insert(.undocumented) }
    if random.oneIn(2) { session.manners.insert(.bodyContinues) }
  }

  // MARK: Packets of valid sessions

  /// Returns the valid start of a connection.
  mutating func opening() -> [Packet] {
    var packets = [ordinaryNegotiation()]
    if random.oneIn(2) { packets.append(macros("C")) }
    packets.append(connect())
    if random.oneIn(3) { packets.append(macros("H")) }
    if !random.oneIn(8) {
      packets.append(.helo(random.pick(["client.example", "x", "[192.0.2.7]"])))
    }
    return packets
  }

  /// Returns one message with the macros of its steps.
  mutating func message(withData: Bool = true, mayReset: Bool = true) -> [Packet] {
    var packets: [Packet] = []
    if random.oneIn(2) { packets.append(macros("M")) }
    packets.append(mail())
    for _ in 0...random.below(3) {
      if random.oneIn(2) { packets.append(macros("R")) }
      packets.append(recipient())
    }
    // The client sends RSET.
    if mayReset && random.oneIn(10) { return packets + [.abort] }
    if withData {
      if random.oneIn(3) { packets.append(macros("T")) }
      packets.append(.data)
    }
    // A real message has a header. Without one, a filter that has a header callback and no eoh
    // callback gets B directly after T, which libmilter treats as out of order.
    let isOdd = !session.manners.contains(.tame) && random.oneIn(8)
    for _ in 0..<(isOdd ? 0 : 1 + random.below(4)) { packets.append(header()) }
    if random.oneIn(5) { packets.append(macros("N")) }
    packets.append(.endOfHeaders)
    for _ in 0..<random.below(3) { packets.append(body()) }
    if random.oneIn(2) { packets.append(macros("E")) }
    packets.append(end())
    return packets
  }

  /// Returns the end of a burst.
  mutating func closing() -> [Packet] {
    switch random.below(4) {
    case 0: [.quit]
    case 1: [.abort, .quit]
    default: []
    }
  }

  /// Returns a negotiation that every ordinary filter accepts.
  mutating func ordinaryNegotiation() -> Packet {
    // The original keeps the added bits for all later sessions of a process, so all these sessions
    // negotiate the same.
    if variant.noBits != 0 { return .negotiate() }
    return random.pick([
      .negotiate(), .negotiate(), .negotiate(), .negotiate(steps: 0x1f_fbff),
      .negotiate(version: 2, actions: 0x3f, steps: 0x7f),
      .negotiate(version: 3, actions: 0x3f, steps: 0x17f),
      .negotiate(version: 4, actions: 0x7f, steps: 0x3ff),
      .negotiate(version: 5, actions: 0x1ff, steps: 0x3ff),
      .negotiate(version: 2, actions: 0, steps: 0),
      .negotiate(version: 6, actions: 0x1ff, steps: 0x1f_ffff), .negotiate(version: 7),
    ])
  }

  private mutating func oddNegotiation() -> Packet {
    let bits: [UInt32] = [
      0, 0x0f, 0x3f, 0x7f, 0x1ff, 0x3ff, 0x1f_ffff, 0x0f_ffff, .max, 0x7fff_ffff,
    ]
    let any = UInt32(truncatingIfNeeded: random.next())
    var packet = Packet.negotiate(
      version: random.pick([0, 1, 2, 3, 4, 5, 6, 6, 6, 7, 0x7fff_ffff, 0x8000_0000, .max]),
      actions: random.pick(bits + [any, any | 0x1ff]),
      steps: random.pick(bits + [any, any | 0x37f]))
    switch random.below(10) {
    case 0: packet.data.removeLast(1 + random.below(12))
    case 1: packet.data += [0, 0, 0, 0, 106, 0]
    default: break
    }
    return packet
  }

  // MARK: Sending

  /// Adds packets to the session, divided into writes.
  mutating func send(_ packets: [Packet], endsWithin: Bool = false) {
    send(bytes: packets.map(\.bytes), endsWithin: endsWithin)
  }

  mutating func send(bytes packets: [[UInt8]], endsWithin: Bool) {
    let all = packets.flatMap { $0 }
    var writes: [[UInt8]]
    switch random.below(8) {
    case 0, 1, 2: writes = [all]
    case 3, 4: writes = packets
    case 5 where all.count < 500: writes = all.map { [$0] }
    default:
      writes = []
      var rest = all[...]
      while !rest.isEmpty {
        let count = random.oneIn(3) ? 1 + random.below(6) : 1 + random.below(all.count)
        writes.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
    }
    let drains = random.below(3)
    let pauses = random.oneIn(50)
    for write in writes {
      session.steps.append(.write(write))
      if drains == 0 { session.steps.append(.drain) }
      if pauses && random.oneIn(5) { session.steps.append(.pause) }
    }
    if !endsWithin && variant.has(.helo) && random.oneIn(2) { session.steps.append(.probe) }
  }
}
