import MilterCore
import MilterMTA
import MilterTextFixtures

/// The messages that tests send to filters.
enum Mail {
  /// Returns a message with an envelope, from a text with LF line endings.
  static func make(
    _ text: String, from sender: String = "<alice@example.org>",
    to recipients: [String] = ["<bob@example.net>"], client: String = "192.0.2.25"
  ) -> MTAMail {
    let envelope = MTAEnvelope(
      host: "client.example.org", address: .inet(address: client, port: 49152),
      sender: .init(sender), recipients: recipients.map { MTAEnvelope.Path($0) })
    return MTAMail(MTAMessage(eml: Array(text.utf8)), envelope)
  }

  /// A message that makes every filter act.
  static let text = """
    From: Alice <alice@example.org>
    To: Bob <bob@example.net>
    Date: Sat, 21 Nov 2026 14:00:00 +0000
    Message-ID: <1@example.org>
    Subject: Hello
     in two lines

    Hello Bob,
    .
    these are four lines, one of them a dot.

    """
}

extension MTAOutcome {
  /// Returns the values of all header fields of a name in the resulting message, with LF line
  /// endings.
  func values(of name: String) -> [String] {
    result.message.headers.filter { $0.isNamed(name.utf8) }
      .map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// The actions as text.
  var actionTexts: [String] { actions.map(\.text) }

  /// The lines of the reply to the SMTP client.
  var replyTexts: [String] { reply.texts }
}

extension FilterReply {
  /// The packet as one line of text.
  var text: String {
    func show(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    return switch self {
    case .addheader(let name, let value): "addheader \(show(name)): \(show(value))"
    case .insheader(let index, let name, let value):
      "insheader \(index) \(show(name)): \(show(value))"
    case .chgheader(let index, let name, let value):
      "chgheader \(index) \(show(name)): \(show(value))"
    case .chgfrom(let sender, let arguments):
      "chgfrom \(show(sender))" + (arguments.map { " \(show($0))" } ?? "")
    case .addrcpt(let recipient): "addrcpt \(show(recipient))"
    case .addrcptPar(let recipient, let arguments):
      "addrcptPar \(show(recipient))" + (arguments.map { " \(show($0))" } ?? "")
    case .delrcpt(let recipient): "delrcpt \(show(recipient))"
    case .replacebody(let body): "replacebody \(show(body))"
    case .quarantine(let reason): "quarantine \(show(reason))"
    default: "\(code)"
    }
  }
}
