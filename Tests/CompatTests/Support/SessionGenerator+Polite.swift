import MilterRandomFixtures

/// Sessions as of real MTAs, which wait for each reply and act on it.
extension SessionGenerator {
  mutating func makePolite() {
    session.kind = "polite"
    session.manners.formUnion([.tame, .bodyContinues])
    let negotiation = ordinaryNegotiation()
    let version = negotiation.data[3]
    exchange(negotiation, skip: 0)
    var rest: [Session.Step] = []
    let connections = random.oneIn(5) ? 2 : 1
    for number in 1...connections {
      let isLast = number == connections
      rest += connection(version: version, isLast: isLast)
    }
    session.steps += rest
    if random.oneIn(3) && session.variant.has(.helo) {
      session.steps.append(.probe)
    } else if random.oneIn(2) {
      session.steps += [.write(Packet.quit.bytes), .awaitClose]
    }
  }

  private mutating func exchange(_ packet: Packet, skip: Int) {
    session.steps.append(.exchange(packet, skip: skip))
  }

  /// Returns the steps of one SMTP connection; all but the last one end with QUIT_NC.
  private mutating func connection(version: UInt8, isLast: Bool) -> [Session.Step] {
    var packets = [macros("C"), connect()]
    if version > 2 && random.oneIn(8) { packets.append(unknown()) }
    if random.oneIn(2) { packets.append(macros("H")) }
    packets.append(.helo("client.example"))
    if random.oneIn(6) { packets.append(.helo("client.example")) }
    var messages: [Session.Step] = []
    for _ in 0...random.below(3) {
      messages += steps(message(withData: version > 3), then: 0)
      if random.oneIn(8) { messages.append(.write(Packet.abort.bytes)) }
      if random.oneIn(40) { messages.append(.pause) }
    }
    if !isLast {
      // The original accepts K only directly after a message that was not refused. After a
      // refusal, the session ends.
      let last = message(withData: version > 3, mayReset: false) + [.quitNewConnection]
      messages += steps(last, then: 1000)
    }
    return steps(packets, then: 1000) + messages
  }

  /// Returns exchanges; after a verdict, the player skips the other ones and `more` further steps.
  private func steps(_ packets: [Packet], then more: Int) -> [Session.Step] {
    packets.enumerated().map { index, packet in
      .exchange(packet, skip: packets.count - index - 1 + more)
    }
  }
}
