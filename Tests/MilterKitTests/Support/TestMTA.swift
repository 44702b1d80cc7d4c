import MilterCore
import MilterFilterFixtures
import MilterSystem
import Testing

/// The MTA's side of a connection, command by command.
///
/// Every call has a timeout: a filter that does not answer fails the test.
final class TestMTA {
  let socket: Socket
  private var decoder = FrameDecoder()

  fileprivate static let patience = 60_000

  init(_ spec: String) throws {
    socket = try Socket.connect(to: SocketSpec(spec))
    try socket.setReceiveTimeout(milliseconds: Self.patience)
    decoder.maximumPayload = WireLimits.payload1M
  }

  /// The offer of a current MTA.
  static let offer = MTACommand.negotiate(
    .init(options: .init(actions: .all, steps: .init(rawValue: 0x1fffff))))

  func send(_ commands: MTACommand...) throws {
    var writer = ByteWriter()
    for command in commands { command.write(to: &writer) }
    try send(bytes: writer.bytes)
  }

  func send(bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try socket.write(all: $0) }
  }

  /// Returns the next reply; `nil` if the filter has closed the connection.
  func receive() throws -> FilterReply? {
    guard let frame = try decoder.receive(from: socket, silence: { Silence() }) else { return nil }
    let buffer = decoder.storage
    return try FilterReply(code: frame.code, payload: buffer.span.extracting(frame.payload))
  }

  /// Sends quit, and expects that the filter closes the connection.
  func quit(sourceLocation: SourceLocation = #_sourceLocation) throws {
    try send(.quit)
    let reply = try receive()
    #expect(reply == nil, sourceLocation: sourceLocation)
  }

  /// Reads until the filter closes the connection, even if it does so with unread bytes.
  func receiveToEnd() throws {
    do {
      while try receive() != nil {}
    } catch let error as SocketError where error.code == .disconnected {}
  }

  /// An error for a minute without a reply.
  struct Silence: Error, CustomStringConvertible {
    var description: String { "nothing has come for \(TestMTA.patience / 1000) seconds" }
  }

  /// Sends a command and returns the replies up to the one that ends it.
  func ask(_ command: MTACommand) throws -> [FilterReply] {
    try send(command)
    var replies: [FilterReply] = []
    while let reply = try receive() {
      replies.append(reply)
      switch reply.code {
      case .continue, .accept, .reject, .tempfail, .discard, .skip, .replycode, .negotiate,
        .shutdown, .connectionFailure:
        return replies
      case .addheader, .insheader, .chgheader, .chgfrom, .addrcpt, .addrcptPar, .delrcpt,
        .replacebody, .quarantine, .progress:
        continue
      }
    }
    return replies
  }

  /// Plays a message and returns the replies to its end.
  func message(_ body: [UInt8] = Array("hello\r\n".utf8)) throws -> [FilterReply] {
    for command in Self.beforeEnd { try #require(try ask(command) == [.continue]) }
    try #require(try ask(.body(body)) == [.continue])
    return try ask(.endOfBody([]))
  }

  private static let beforeEnd: [MTACommand] = [
    .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]), .data,
    .header(name: bytes("Subject"), value: bytes("hi")), .eoh,
  ]

  /// Sends MAIL, RCPT, and further commands, and expects continue for each.
  func envelope(_ more: MTACommand...) throws {
    for command in [.mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")])] + more {
      try #require(try ask(command) == [.continue])
    }
  }

  /// Negotiates, sends connect and HELO, and returns the replies to the offer.
  @discardableResult
  func greet(_ offer: MTACommand = TestMTA.offer) throws -> [FilterReply] {
    let replies = try ask(offer)
    let address = MilterAddress.inet(address: "192.0.2.7", port: 25)
    try #require(try ask(.connect(host: bytes("mx"), address: address)) == [.continue])
    try #require(try ask(.helo(bytes("client"))) == [.continue])
    return replies
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
