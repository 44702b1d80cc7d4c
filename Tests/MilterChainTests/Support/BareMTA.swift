import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterRuntime
import MilterTesting

/// An MTA that continues whatever a filter replies.
final class BareMTA {
  private let memory: FilterInMemory
  private let journal = MilterFilterFixtures.Journal()

  /// The log of the filter.
  var log: [String] { journal.all }

  /// Connects, negotiates, and sends HELO.
  init(_ filter: MilterBase, shadow: Bool = false) {
    let journal = journal
    memory = FilterInMemory(
      filter, log: MilterLog(level: .info) { journal.note("\($0.name): \($1)") }, shadow: shadow)
    tell(.negotiate(.init(options: MTAProfile.everything)))
    tell(.connect(host: Array("client".utf8), address: .inet(address: "192.0.2.1", port: 1)))
    tell(.helo(Array("client".utf8)))
  }

  /// Sends commands, and returns the replies.
  @discardableResult
  func tell(_ commands: MTACommand...) -> [FilterReply] {
    var writer = ByteWriter()
    for command in commands { command.write(to: &writer) }
    memory.receive(writer.bytes)
    var decoder = FrameDecoder()
    decoder.append(memory.takeReplies())
    var replies: [FilterReply] = []
    while let frame = try? decoder.next(),
      let reply = try? FilterReply(
        code: frame.code, payload: decoder.storage.span.extracting(frame.payload))
    {
      replies.append(reply)
    }
    return replies
  }

  /// Closes the connection.
  func leave() { memory.end() }

  /// Sends MAIL, and returns the reply.
  @discardableResult
  func mail() -> FilterReply? { tell(.mail([Array("<a@example.org>".utf8)])).last }

  /// Sends RCPT, and returns the reply.
  @discardableResult
  func rcpt(_ name: String = "b") -> FilterReply? {
    tell(.rcpt([Array("<\(name)@example.org>".utf8)])).last
  }

  /// Sends the content, and returns the replies.
  @discardableResult
  func content(body: [UInt8] = Array("body\r\n".utf8)) -> [FilterReply] {
    var replies = tell(.data)
    replies += tell(.header(name: Array("Subject".utf8), value: Array("test".utf8)), .eoh)
    for start in stride(from: 0, to: body.count, by: 65_535) {
      replies += tell(.body(Array(body[start..<min(start + 65_535, body.count)])))
    }
    return replies + tell(.endOfBody([]))
  }
}
