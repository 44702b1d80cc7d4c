import MilterRandomFixtures

/// Sessions with packets that no sane MTA sends.
extension SessionGenerator {
  mutating func makeMalformed() {
    var packets = random.oneIn(2) ? disordered() : opening() + message()
    // Most sessions have one malformed packet, so that the packets after it are also compared.
    for _ in 0...(random.oneIn(4) ? 2 : 0) {
      let place = packets.isEmpty ? 0 : random.below(packets.count)
      switch random.below(10) {
      case 0: packets.insert(Packet(random.pick(Array("BCDHLMORUEATNQ"))), at: place)
      case 1: packets.insert(strange(), at: place)
      case 2: packets.insert(oddConnect(), at: random.below(min(packets.count, 3) + 1))
      case 3, 4: packets.insert(oddPacket(), at: place)
      case 5 where !packets.isEmpty: packets[place].data += [0x6a, 0x75]
      default: if !packets.isEmpty { packets[place] = damaged(packets[place]) }
      }
    }
    packets = withoutTriggers(packets)
    var writes = packets.map(\.bytes)
    var endsWithin = false
    switch random.below(8) {
    case 0:
      // The length is impossible, so the frame's header alone closes the connection.
      let length: UInt32 = random.pick([0x1_0001, 0x7fff_ffff, 0x8000_0000, 0x0100_0000])
      writes.append(length.bytes + [random.pick(Array("BEMHQ".utf8))])
      // A filter with a higher limit waits for the rest of the packet instead.
      endsWithin = session.variant.limit > 65535
    case 1:
      // The data has at most one byte more than the largest packet.
      let count = 65534 + random.below(3)
      writes.append(Packet("B", [UInt8](repeating: 0x79, count: count)).bytes)
      endsWithin = count == 65536
    case 2:
      writes.append(Packet.body("cut off").bytes.dropLast(1 + random.below(11)))
      endsWithin = true
    case 3:
      writes.append(
        [1 + UInt8(random.below(0x7f))] + (0..<12).map { _ in UInt8(random.below(256)) })
      endsWithin = true
    default: break
    }
    send(bytes: writes, endsWithin: endsWithin)
  }

  /// Returns a packet with an unknown command byte.
  private mutating func strange() -> Packet {
    var packet = Packet("X", "data")
    repeat {
      packet.command = UInt8(random.below(256))
    } while "ABCDEHKLMNOQRTU".utf8.contains(packet.command)
    return packet
  }

  private mutating func oddConnect() -> Packet {
    let long = String(repeating: "p", count: 104 + random.below(6))
    let addresses = [
      "10.1", "0x7f.1", "1.2.3.4 text", "010.1.1.1", "1.2.3", "4294967295", "256.1.1.1", "",
      " 1.2.3.4",
      "1.2.3.4.", "1.2.3.4\0x", "IPv6:::1", "iPv6:fe80::1", "::ffff:1.2.3.4", "fe80::1%1", "::",
      "ipv6:1.2.3.4", "1:2:3:4:5:6:7:8:9", "/tmp/x", long, "4294967296", "0377.1", "1.2.3.4\tz",
    ]
    let host = random.pick(["h", "", "host.example", String(repeating: "h", count: 300)])
    let family = random.pick(Array("46LUX46"))
    var packet = Packet.connect(host, family, UInt16(random.below(65536)), random.pick(addresses))
    if random.oneIn(3) { packet.data.removeLast(min(packet.data.count, 1 + random.below(8))) }
    return packet
  }

  private mutating func oddPacket() -> Packet {
    random.pick([
      Packet("H", "nonul"), Packet("H", "a\0b\0"), Packet("H", "\0"), Packet("M", "<a>"),
      Packet("M", "<a>\0lost"), Packet("M", "\0"), Packet("R", "nonul"), Packet("R", "<b>\0\0\0"),
      Packet("L", "N\0v"), Packet("L", "Name\0"), Packet("L", "\0val\0"),
      Packet("L", "\0val\0v2\0"),
      Packet("L", "\0\0\0"), Packet("L", "N\0v\0more\0"), Packet("L", "\0\0"), Packet("L", "\0"),
      Packet("U", "nonul"), Packet("U", "\0"), Packet("B", [0]), Packet("T", "junk"),
      Packet("D", "C"), Packet("D", "Cj"), Packet("D", "Cj\0"), Packet("D", "Mi\0Q1\0j\0"),
      Packet("D", "Mi\0Q1\0j\0lost"), Packet("D", "Bj\0B\0"), Packet("D", "Mj\0a\0j\0b\0"),
      Packet("D", "C\0\0"), Packet("D", "M{j\0x\0j}\0y\0"), Packet("D", "Rj\0"),
      Packet("D", "Ei\0"),
      Packet("D", "T\0"), Packet("D", "H{}\0x\0{\0y\0}\0z\0"), Packet("Q", "junk"),
      Packet("A", "junk"), Packet("N", "junk"),
    ])
  }

  /// Returns the packet with a few bytes changed, removed, or inserted.
  private mutating func damaged(_ packet: Packet) -> Packet {
    var packet = packet
    for _ in 0...random.below(3) {
      let byte: UInt8 = random.pick([0, 0, 0, 0x20, 0xff, UInt8(random.below(256))])
      switch random.below(4) {
      case 0: packet.data.insert(byte, at: random.below(packet.data.count + 1))
      case 1 where !packet.data.isEmpty: packet.data.removeLast()
      case 2 where !packet.data.isEmpty: packet.data.remove(at: random.below(packet.data.count))
      default:
        if !packet.data.isEmpty { packet.data[random.below(packet.data.count)] = byte }
      }
    }
    return packet
  }

  /// Removes most packets for which the two libraries are known to differ.
  private mutating func withoutTriggers(_ packets: [Packet]) -> [Packet] {
    var result: [Packet] = []
    var mayBeInMessage = false
    for var packet in packets {
      let command = packet.command
      if command == UInt8(ascii: "D") && result.isEmpty { continue }
      if command == UInt8(ascii: "U") && mayBeInMessage { continue }
      // The original may crash at such a packet, and then nothing can be compared.
      if packet.isOddMacros {
        if !random.oneIn(4) { continue }
        session.triggers.insert(.oddMacros)
      }
      if command == UInt8(ascii: "U") && packet.data.last != 0 {
        session.triggers.insert(.unknownWithoutNUL)
      }
      if "MRTLNB".utf8.contains(command) { mayBeInMessage = true }
      if "EAHCOQ".utf8.contains(command) { mayBeInMessage = false }
      if command == UInt8(ascii: "E") && !session.manners.contains(.bodyContinues) {
        packet.data = []
      }
      result.append(packet)
    }
    return result
  }
}

extension Packet {
  /// Whether the packet has macros, and the last macro has no value.
  fileprivate var isOddMacros: Bool {
    command == UInt8(ascii: "D") && data.dropFirst().count { $0 == 0 } % 2 == 1
  }
}
