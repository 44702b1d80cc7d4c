/// A command of an SMTP client, to a real MTA or a simulated one.
enum ClientLine {
  case ehlo(String)
  /// The sender, and parameters after a space.
  case mail(String)
  /// A recipient, and parameters after a space.
  case rcpt(String)
  /// DATA and a message.
  case message([UInt8])
  case rset
  case unknown(String)

  /// The lines of a small message of two recipients.
  static let small: [Self] = message(SmallMessage.bytes)

  /// The lines of a message.
  static func message(
    _ bytes: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"]
  ) -> [Self] {
    [.mail(sender)] + recipients.map { .rcpt($0) } + [.message(bytes)]
  }

  /// Whether a client still sends the command after its MAIL was refused.
  var stands: Bool {
    switch self {
    case .ehlo, .mail, .rset, .unknown: true
    case .rcpt, .message: false
    }
  }
}
