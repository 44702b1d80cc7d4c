/// The outcome of a session.
struct Outcome: Equatable {
  /// All bytes that the filter sent.
  var replies: [UInt8] = []
  /// Whether the filter closed the connection first; `nil` if this was not checked.
  var closedFirst: Bool?
  /// Whether the filter neither replied nor closed the connection within the limit.
  var isHung = false
  /// The arguments, calls, and results of the callbacks.
  var trace: [UInt8] = []

  /// Whether the process has crashed.
  var hasCrashed: Bool {
    trace.suffix(21).starts(with: Array("killed by signal".utf8))
      || trace.suffix(20).starts(with: Array("killed by signal".utf8))
  }
}

/// Plays sessions to one filter process, which it starts again after a crash.
final class SessionPlayer {
  private let program: String
  private let variant: Variant
  let library: Library
  private var process: FilterProcess
  /// The limit for one session, which only a library that does not answer reaches.
  private static let limit = Duration.seconds(120)
  /// The sign of the probe: only the filter's probe callback sends nine progress packets in a row.
  private static let sign = (0..<9).flatMap { _ in [0, 0, 0, 1, UInt8(ascii: "p")] }

  init(_ program: String, _ library: Library, _ variant: Variant) throws {
    self.program = program
    self.library = library
    self.variant = variant
    process = try FilterProcess(program, library, variant)
  }

  var start: FilterProcess.StartReport { process.start }

  func play(_ session: Session) throws -> Outcome {
    let channel = try process.open(session, within: Self.limit)
    var outcome = Outcome()
    do {
      outcome.closedFirst = try carryOut(session.steps, on: channel)
      try channel.finish()
      try channel.readToEnd()
    } catch is Channel.Hung {
      outcome.isHung = true
    }
    outcome.replies = channel.received
    // The trace is complete, because the filter writes it before the library closes the connection.
    outcome.trace = try process.tracedBytes()
    if outcome.hasCrashed || outcome.isHung {
      process = try FilterProcess(program, library, variant)
    }
    return outcome
  }

  private func carryOut(_ steps: [Session.Step], on channel: Channel) throws -> Bool? {
    var closedFirst: Bool?
    var agreed: UInt32 = 0
    var index = 0
    while index < steps.count {
      let step = steps[index]
      index += 1
      switch step {
      case .write(let bytes): try channel.send(bytes)
      case .drain: try channel.drain()
      case .pause: try channel.pause(milliseconds: 3)
      case .exchange(let packet, let skip):
        let reply = try exchange(packet, agreed, on: channel)
        if packet.command == UInt8(ascii: "O"), let reply { agreed = reply.agreedSteps }
        if let reply, reply.ends(packet) { index += skip }
      case .probe:
        try channel.send(probe.bytes)
        closedFirst = try !channel.read(until: Self.sign)
      case .awaitClose:
        try channel.readToEnd()
        closedFirst = true
      }
    }
    return closedFirst
  }

  private var probe: Packet { variant.has(.helo) ? .probe : .unknown("PROBE") }

  /// Sends a packet as an MTA that has agreed on these protocol bits, and returns the last packet
  /// of the reply; `nil` for a packet without a reply.
  private func exchange(
    _ packet: Packet, _ agreed: UInt32, on channel: Channel
  ) throws -> Packet? {
    let (unwanted, silent) = Self.bits[packet.command] ?? (0, 0)
    if agreed & unwanted != 0 { return nil }
    try channel.send(packet.bytes)
    if agreed & silent != 0 || "ADKQ".utf8.contains(packet.command) { return nil }
    while let reply = try channel.nextPacket() {
      if "Ocrdatsy".utf8.contains(reply.command) { return reply }
    }
    return nil
  }

  /// The protocol bits for leaving out a command, and for leaving out its reply.
  private static let bits: [UInt8: (UInt32, UInt32)] = [
    UInt8(ascii: "C"): (0x01, 0x1000), UInt8(ascii: "H"): (0x02, 0x2000),
    UInt8(ascii: "M"): (0x04, 0x4000), UInt8(ascii: "R"): (0x08, 0x8000),
    UInt8(ascii: "B"): (0x10, 0x80000), UInt8(ascii: "L"): (0x20, 0x80),
    UInt8(ascii: "N"): (0x40, 0x40000), UInt8(ascii: "U"): (0x100, 0x20000),
    UInt8(ascii: "T"): (0x200, 0x10000),
  ]
}

extension Packet {
  /// The protocol bits in the reply to the negotiation.
  fileprivate var agreedSteps: UInt32 {
    guard command == UInt8(ascii: "O"), data.count >= 12 else { return 0 }
    return data[8..<12].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Returns whether an MTA ends the message or the session after this reply to a command.
  ///
  /// A refused recipient does not affect the other recipients of the message.
  fileprivate func ends(_ sent: Packet) -> Bool {
    let continuing = sent.command == UInt8(ascii: "R") ? "crtys" : "Ocs"
    return !continuing.utf8.contains(command)
  }
}
