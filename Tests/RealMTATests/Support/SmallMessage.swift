/// A message to which an MTA adds nothing, and which it does not correct.
enum SmallMessage {
  /// The header fields, as in a queue.
  static let headers = [
    QueuedHeader("Date", " Sat, 21 Nov 2026 14:00:00 +0000"),
    QueuedHeader("From", " <sender@from.example>"),
    QueuedHeader("Message-Id", " <1@from.example>"),
    QueuedHeader("Subject", " small"),
  ]
  /// The body, as on the wire.
  static let body = Array("Hello,\r\n.world\r\n".utf8)
  /// The whole message, as on the wire.
  static let bytes = message(body)

  /// Returns the message with another body.
  static func message(_ body: [UInt8]) -> [UInt8] {
    headers.flatMap { Array("\($0)\r\n".utf8) } + [0x0d, 0x0a] + body
  }
}

extension QueuedMessage {
  /// The header fields without the MTA's own Received, sorted by name, because Sendmail changes the order.
  var sentHeaders: [QueuedHeader] {
    headers.filter { $0.name != "Received" }.sorted { $0.description < $1.description }
  }
}

/// The step of a session at which a message ended, and the reply there.
struct Outcome: Equatable, CustomStringConvertible {
  /// The step of a session at which a reply comes.
  enum Step { case greeting, ehlo, mail, rcpt, data, end }

  let step: Step
  let lines: [String]

  /// Creates an outcome from a step and the lines of a reply.
  init(_ step: Step, _ lines: [String]) {
    self.step = step
    self.lines = lines
  }

  /// Creates an outcome from a step and a reply of the server.
  init(_ step: Step, _ reply: SMTPReply) { self.init(step, reply.lines) }

  var description: String { "\(step): " + lines.joined(separator: "\n") }
}

extension SMTPClient {
  /// Sends one small message to one recipient after the greeting, until the server refuses a step.
  func offer() throws -> Outcome {
    guard greeting.isPositive else { return Outcome(.greeting, greeting) }
    let ehlo = try ehlo()
    guard ehlo.isPositive else { return Outcome(.ehlo, ehlo) }
    let delivery = try send(message: SmallMessage.bytes)
    if let end = delivery.end { return Outcome(.end, end) }
    if let data = delivery.data { return Outcome(.data, data) }
    if let recipient = delivery.recipients.first { return Outcome(.rcpt, recipient) }
    return Outcome(.mail, delivery.mail)
  }
}

extension RealMTA {
  /// Offers one small message in a separate session, and returns the last reply.
  func offer() throws -> Outcome {
    let client = try connect()
    let outcome = try client.offer()
    try client.quit()
    return outcome
  }
}
