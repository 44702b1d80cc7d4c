import MilterMail
import MilterSystem

/// The `Received` field that an MTA will write for a message, according to its macros.
struct ReceivedField {
  private let message: MilterMessage
  private let now: Int

  init(_ message: MilterMessage, now: Int = WallClock.now.seconds) {
    self.message = message
    self.now = now
  }

  /// The field with its line ends.
  var bytes: [UInt8] {
    let client = message.client
    let helo = Self.plain(client.helo ?? client.name ?? "unknown")
    let name = Self.plain(client.name ?? "unknown")
    let address = client.address.map { " [\(Self.plain($0.text))]" } ?? ""
    var lines = ["Received: from \(helo) (\(name)\(address))"]
    let by = Self.plain(message.macros[.hostName] ?? "localhost")
    var with = "SMTP"
    if client.tls != nil || client.isAuthenticated {
      with = "ESMTP" + (client.tls == nil ? "" : "S") + (client.isAuthenticated ? "A" : "")
    }
    let id = message.macros[.queueID].map { " id \(Self.plain($0))" } ?? ""
    lines.append("\tby \(by) with \(with)\(id)")
    if message.recipients.count == 1, let recipient = message.recipients.first {
      lines.append("\tfor <\(Self.plain(recipient.text))>")
    }
    if let date = MailDate(secondsSince1970: now) { lines[lines.count - 1] += "; \(date)" }
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }

  /// The text without characters that would end the field or a comment in it.
  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          "!"..."~" ~= $0 && !"();\\".unicodeScalars.contains($0) ? $0 : "?"
        }))
  }
}
