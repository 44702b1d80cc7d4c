import MilterRandomFixtures

/// Sessions that each trigger one of the known differences.
extension SessionGenerator {
  mutating func makeException() {
    let id = random.pick(KnownDifference.all).id
    session.triggers = [id]
    var packets = opening() + message()
    let place = packets.count / 2 + random.below(packets.count / 2)
    switch id {
    case .lengthWithoutCommand:
      let length: UInt32 = random.pick([0, 0, .max, 0x8000_0001, 0xffff_0000])
      var bytes = packets.map(\.bytes)
      bytes.insert(length.bytes + [random.pick(Array("EBMTNHAQ".utf8))], at: place)
      return send(bytes: bytes, endsWithin: true)
    case .unknownInMessage:
      // U follows the last M or R. After later commands, it is out of order, and both libraries
      // call abort.
      let last = packets.lastIndex { "MR".utf8.contains($0.command) } ?? 0
      // DATA is left out, because the original returns to the message at T.
      packets = packets[...last] + [unknown()] + packets[(last + 1)...].filter { $0 != .data }
    case .quitNewConnection:
      packets.insert(.quitNewConnection, at: random.oneIn(2) ? place : packets.count)
      packets += [connect(), .helo("next")] + message()
    case .verdictInFinalBody:
      session.manners.remove(.bodyContinues)
      packets[packets.count - 1] = Packet("E", "tail\r\n")
      packets += message()
    case .macrosBeforeFirstCommand:
      packets = [macros("C")] + packets.dropFirst().filter { $0.command != UInt8(ascii: "C") }
    case .replyWithoutLines:
      session.manners.insert(.exceptions)
    case .unknownWithoutNUL:
      // The data fills the memory that the original allocates, so that the original reads past it.
      packets.insert(Packet("U", [UInt8](repeating: 0x75, count: 24 + 16 * random.below(4))), at: 1)
    case .oddMacros:
      packets.insert(Packet("D", "Cj\0mx\0i\0"), at: 1)
    case .skipBitsKept:
      // This difference shows only on a second connection: see the oracle tests.
      break
    }
    send(packets)
  }
}
