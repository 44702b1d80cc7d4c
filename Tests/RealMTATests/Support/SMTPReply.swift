/// One reply of an SMTP server, as it was on the wire.
struct SMTPReply: Equatable, CustomStringConvertible {
  /// The lines without their line ends, code and separator included.
  let lines: [String]

  /// The three digits every line begins with, or 0 for a reply that is none.
  var code: Int { Int(lines.last?.prefix(3) ?? "") ?? 0 }

  /// The lines without code and separator.
  var text: [String] { lines.map { String($0.dropFirst(4)) } }

  /// Whether the server agreed (2xx) or asked for more (3xx).
  var isPositive: Bool { (200..<400).contains(code) }

  /// The name of the queued message, from the reply to the end of the data.
  var queueID: String? {
    guard code == 250, let words = text.last?.split(separator: " ") else { return nil }
    // Postfix: 2.0.0 Ok: queued as ID. Sendmail: 2.0.0 ID Message accepted for delivery.
    if words.dropLast().last == "as", let id = words.last { return String(id) }
    if words.dropFirst(2).first == "Message" { return String(words[1]) }
    return nil
  }

  /// The lines as the server sent them, for a failed expectation.
  var description: String { lines.joined(separator: "\n") }
}
