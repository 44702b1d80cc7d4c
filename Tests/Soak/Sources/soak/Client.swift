import Glibc
import MilterCore

/// An MTA that uses one connection after the other, and sometimes breaks the protocol.
struct Client {
  /// The fate of a message.
  private enum Fate {
    case complete
    /// Aborted after some step; the connection continues.
    case aborted(step: Int)
    /// The connection closes in the middle of a command.
    case broken(step: Int)
    /// The client sends a command byte by byte.
    case dripped(step: Int)
    /// The connection closes while the filter processes a command, before the reply.
    case left(step: Int)
  }

  private let path: String
  private let tally: Tally
  private var chance: Chance

  init(number: Int, path: String, seed: Int, tally: Tally) {
    self.path = path
    self.tally = tally
    chance = Chance(seed: seed &+ number &* 1_000_003)
  }

  /// Sends messages until there are no more.
  mutating func run() {
    while !tally.isOver {
      do {
        try runConnection()
      } catch {
        tally.note(mistake: "\(error)")
      }
    }
  }

  private mutating func runConnection() throws {
    let socket = try FilterSocket(path: path)
    tally.countConnection()
    try exchange(socket, Self.negotiation.0, Self.negotiation.1)
    while let number = tally.nextMessage() {
      guard try send(MailPlan(number: number, using: &chance), socket) else { return }
      if chance.one(in: 200) {
        // This pause is longer than the linger time, so the connection returns its thread to the pool.
        usleep(150_000)
      }
      if chance.one(in: 10) { break }
    }
    if chance.one(in: 8) { return }
    try socket.write(MTACommand.quit.bytes)
    guard try socket.isAtEnd() else { throw SoakError("the filter does not close after QUIT") }
  }

  /// Sends one message; returns whether the connection stays open.
  private mutating func send(_ plan: MailPlan, _ socket: FilterSocket) throws -> Bool {
    let fate = self.fate(plan.steps.count)
    for (index, step) in plan.steps.enumerated() {
      switch fate {
      case .broken(index):
        try socket.write(step.bytes.prefix(chance.below(step.bytes.count)))
        tally.count(.broken)
        return false
      case .dripped(index):
        for byte in step.bytes.prefix(40) {
          try socket.write([byte])
          usleep(1000)
        }
        try exchange(socket, Array(step.bytes.dropFirst(40)), step.reply)
      case .left(index):
        try socket.write(step.bytes)
        // In half of these cases, the client aborts the message before it disconnects.
        if chance.one(in: 2) { try socket.write(MTACommand.abort.bytes) }
        // In half of these cases, the client waits, so that the callback can begin before it disconnects.
        if chance.one(in: 2) { usleep(useconds_t(chance.below(5000))) }
        tally.count(.left)
        return false
      default: try exchange(socket, step.bytes, step.reply)
      }
      if case .aborted(index) = fate, index < plan.steps.count - 1 {
        try socket.write(MTACommand.abort.bytes)
        tally.count(.aborted)
        return true
      }
    }
    if case .dripped = fate { tally.count(.dripped) } else { tally.count(.verdict) }
    return true
  }

  private mutating func fate(_ steps: Int) -> Fate {
    let step = chance.below(steps)
    switch chance.below(40) {
    case 0, 1: return .aborted(step: step)
    case 2: return .broken(step: step)
    case 3: return .dripped(step: step)
    case 4, 5: return .left(step: step)
    default: return .complete
    }
  }

  private func exchange(
    _ socket: FilterSocket, _ bytes: [UInt8], _ expected: [UInt8]
  ) throws {
    try socket.write(bytes)
    let reply = try socket.read(expecting: expected)
    guard reply == expected else {
      throw SoakError(
        "answered \(String(decoding: reply, as: UTF8.self).debugDescription), not "
          + "\(String(decoding: expected, as: UTF8.self).debugDescription)")
    }
  }

  /// Offers to leave out only steps without a callback, so that there is one correct reply.
  private static let negotiation: ([UInt8], [UInt8]) = {
    let steps: MilterProtocolFlags = [.noconnect, .nohelo, .nodata, .nounknown]
    let offer = MilterOptions(actions: .addhdrs, steps: steps)
    return (
      MTACommand.negotiate(.init(options: offer)).bytes,
      FilterReply.negotiate(.init(options: offer)).bytes
    )
  }()
}
