/// What an SMTP client says, to a real MTA or a simulated one.
enum ClientLine {
  case ehlo(String)
  /// The sender, and parameters behind a space.
  case mail(String)
  /// A recipient, and parameters behind a space.
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

  /// Whether a client that was refused MAIL still says this.
  var stands: Bool {
    switch self {
    case .ehlo, .mail, .rset, .unknown: true
    case .rcpt, .message: false
    }
  }
}
