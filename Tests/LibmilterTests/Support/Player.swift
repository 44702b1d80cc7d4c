import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import MilterTextFixtures

/// Plays sessions to a filter, step by step, and keeps the replies.
///
/// Every read has a timeout: a filter that does not answer fails the test.
final class Player {
  private let socket: Socket
  private var decoder = FrameDecoder()
  private(set) var replies: [[UInt8]] = []
  private(set) var isClosed = false

  private static let patience = 60_000
  /// The replies that end a command: c a r t d s y and O.
  private static let ends = Set("cartdsyO".utf8)

  private init(_ spec: String) throws {
    socket = try Socket.connect(to: SocketSpec(spec))
    try socket.setReceiveTimeout(milliseconds: Self.patience)
  }

  /// Plays a session, and returns all packets of the filter, each without its length.
  ///
  /// After the last step, the player closes its side for writing. The filter's remaining packets
  /// come before the end of its data.
  static func play(_ session: Session, to spec: String) throws -> [[UInt8]] {
    let player = try Player(spec)
    for step in session.steps { try player.play(step) }
    try? player.socket.shutdown(.writing)
    while try player.receive() != nil {}
    return player.replies
  }

  private func play(_ step: Session.Step) throws {
    switch step {
    case .ask(let commands):
      for command in commands {
        try send(command.bytes)
        try receiveReply()
      }
    case .tell(let commands):
      for command in commands { try send(command.bytes) }
    case .burst(let commands, let count):
      try send(commands.flatMap(\.bytes))
      for _ in 0..<count { try receiveReply() }
    case .drip(let commands, let count):
      for byte in commands.flatMap(\.bytes) { try send([byte]) }
      for _ in 0..<count { try receiveReply() }
    case .raw(let bytes): try send(bytes)
    case .untilClosed: while try receive() != nil {}
    }
  }

  private func send(_ bytes: [UInt8]) throws {
    if isClosed { return }
    do {
      try bytes.withUnsafeBytes { try socket.write(all: $0) }
    } catch let error as SocketError where error.code == .disconnected {
      isClosed = true
    }
  }

  /// Reads packets up to one that ends a command.
  private func receiveReply() throws {
    while let packet = try receive() {
      if let code = packet.first, Self.ends.contains(code) { return }
    }
  }

  /// Returns the next packet; `nil` at the end of the filter's data.
  private func receive() throws -> [UInt8]? {
    if isClosed { return nil }
    let frame = try decoder.receive(
      from: socket, silence: { HarnessError("no reply; so far:\n\(Self.notation(replies))") })
    guard let frame else {
      isClosed = true
      return nil
    }
    replies.append([frame.code] + decoder.storage[frame.payload])
    return replies.last
  }

  /// Returns packets as text, one on each line.
  ///
  /// Consecutive packets of one letter share a line. The usual answer to the offer is `(agreed)`.
  static func notation(_ packets: [[UInt8]]) -> String {
    var lines: [String] = []
    var isRun = false
    for packet in packets {
      let text = PacketText.escaped(packet)
      if packet.count == 1, isRun, let last = lines.indices.last {
        lines[last] += text
      } else {
        lines.append(text == Session.agreed ? "(agreed)" : text)
      }
      isRun = packet.count == 1
    }
    return lines.joined(separator: "\n")
  }
}
