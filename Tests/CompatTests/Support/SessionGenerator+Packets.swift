import MilterRandomFixtures

/// Single packets with random contents.
extension SessionGenerator {
  mutating func connect() -> Packet {
    let host = random.pick(["mx.example.org", "[192.0.2.7]", "localhost", "h"])
    return switch random.below(8) {
    case 0: .connect(host, "6", 40000, random.pick(["2001:db8::1", "IPv6:::1", "::ffff:1.2.3.4"]))
    case 1: .connect(host, "L", 0, "/tmp/x")
    case 2: .connect(host, "U", 0, "")
    default: .connect(host, "4", 25, random.pick(["192.0.2.7", "127.0.0.1", "10.1"]))
    }
  }

  mutating func mail() -> Packet {
    random.pick([
      .mail("<a@b.example>"), .mail("<>"), .mail("<a@b.example>", "SIZE=1234", "BODY=8BITMIME"),
      .mail("a@b", ""), .mail(""), .mail("<\u{e4}@b>", "SMTPUTF8"),
    ])
  }

  mutating func recipient() -> Packet {
    random.pick([
      .rcpt("<c@d.example>"), .rcpt("<c@d.example>", "NOTIFY=NEVER"), .rcpt("<e@f>"), .rcpt(""),
      .rcpt("<c@d.example>", "ORCPT=rfc822;c@d", "X"),
    ])
  }

  mutating func header() -> Packet {
    random.pick([
      .header("Subject", "hi"), .header("Subject", " hi"), .header("X-Empty", ""),
      .header("Received", "from a\n\tby b; \u{fc}"), .header("From", "\"A\" <a@b>"),
      .header("X-Long", String(repeating: "v", count: 1000)), .header("", ""),
    ])
  }

  mutating func body() -> Packet {
    switch random.below(30) {
    case 0: Packet("B", [UInt8](repeating: 0x7a, count: 65530 + random.below(6)))
    case 1: Packet("B", [0])
    case 2: Packet("B", (0..<300).map { UInt8(truncatingIfNeeded: $0) })
    default: .body(random.pick(["hello\r\n", "x", "line\r\n.\r\nline\r\n", "no end"]))
    }
  }

  /// Returns the end of the message, with data only if the body callback continues.
  mutating func end() -> Packet {
    let mayHaveData = session.manners.contains(.bodyContinues)
    return mayHaveData && random.oneIn(4) ? Packet("E", "tail\r\n") : .end
  }

  /// Returns macros of a stage, all with values.
  mutating func macros(_ stage: Character) -> Packet {
    let names: [String] =
      switch stage {
      case "C": ["j", "_", "{daemon_name}", "v", "{if_name}"]
      case "H": ["{tls_version}", "{cipher}", "j"]
      case "M": ["i", "{mail_mailer}", "{mail_addr}", "{auth_authen}"]
      case "R": ["{rcpt_mailer}", "{rcpt_addr}", "i"]
      default: ["i", "{msg_id}", "{j}", "{ab}"]
      }
    var text = String(stage)
    for name in names where !random.oneIn(3) {
      text += "\(name)\0\(random.pick(["", "value", "mx.example", "4ABC\(stage)", name]))\0"
    }
    return Packet("D", text)
  }

  mutating func unknown() -> Packet {
    .unknown(random.pick(["XYZ", "HELP me", "", "VRFY postmaster", "a\0b"]))
  }

  /// Returns commands in any order, without K, and with U only where no message can have begun.
  mutating func disordered(_ longest: Int = 25) -> [Packet] {
    var packets: [Packet] = []
    if session.variant.noBits != 0 || !random.oneIn(6) {
      packets.append(ordinaryNegotiation())
      if !random.oneIn(4) { packets.append(connect()) }
    }
    // Most commands come from a valid sequence, because nearly all random ones would be ignored.
    var likely = (random.oneIn(3) ? Array(opening().dropFirst()) : []) + message()
    var mayBeInMessage = false
    for _ in 0...random.below(longest) {
      var packet: Packet
      if !random.oneIn(4), !likely.isEmpty {
        packet = likely.removeFirst()
        if likely.isEmpty { likely = message() }
      } else {
        packet = anyPacket()
      }
      if packet.command == UInt8(ascii: "U") && mayBeInMessage { packet = .abort }
      if packet.command == UInt8(ascii: "D") && packets.isEmpty { packet = mail() }
      if "MRTLNB".utf8.contains(packet.command) { mayBeInMessage = true }
      if "EAHCOQ".utf8.contains(packet.command) { mayBeInMessage = false }
      packets.append(packet)
    }
    return packets
  }

  private mutating func anyPacket() -> Packet {
    switch random.pick(Array("OCHMRTLNBEAUDHMRTLNBEAUDQ")) {
    case "O": ordinaryNegotiation()
    case "C": connect()
    case "H": .helo("again")
    case "M": mail()
    case "R": recipient()
    case "T": .data
    case "L": header()
    case "N": .endOfHeaders
    case "B": body()
    case "E": end()
    case "A": .abort
    case "U": unknown()
    case "Q": random.oneIn(4) ? .quit : .abort
    default: macros(random.pick(Array("CHMRTNEBLUx")))
    }
  }
}
