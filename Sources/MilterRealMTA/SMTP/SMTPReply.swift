/// A reply of an SMTP server, as it was on the wire.
public struct SMTPReply: Equatable, CustomStringConvertible, Sendable {
  /// The lines without their line ends, including code and separator.
  public let lines: [String]

  /// Creates a reply with these lines.
  public init(lines: [String]) { self.lines = lines }

  /// The three digits at the start of every line; 0 if the reply has none.
  public var code: Int { Int(lines.last?.prefix(3) ?? "") ?? 0 }

  /// The lines without code and separator.
  public var text: [String] { lines.map { String($0.dropFirst(4)) } }

  /// Whether the server accepted (2xx) or expects more (3xx).
  public var isPositive: Bool { (200..<400).contains(code) }

  /// The queue ID of the message, from the reply to the end of the data; `nil` in other replies.
  public var queueID: String? {
    guard code == 250, let words = text.last?.split(separator: " ") else { return nil }
    // Postfix: 2.0.0 Ok: queued as ID. Sendmail: 2.0.0 ID Message accepted for delivery.
    if words.dropLast().last == "as", let id = words.last { return String(id) }
    if words.dropFirst(2).first == "Message" { return String(words[1]) }
    return nil
  }

  /// The lines as the server sent them, for a failed expectation.
  public var description: String { lines.joined(separator: "\n") }
}
