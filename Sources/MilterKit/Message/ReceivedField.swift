import MilterPlatform

/// The `Received` field that an MTA will write for a message, as far as its macros tell.
struct ReceivedField {
  private let message: MilterMessage
  private let now: Int

  init(_ message: MilterMessage, now: Int = time(nil)) {
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
    lines[lines.count - 1] += "; \(Self.date(now))"
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }

  /// Text that cannot end the field, nor a comment in it.
  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          "!"..."~" ~= $0 && !"();\\".unicodeScalars.contains($0) ? $0 : "?"
        }))
  }

  /// The time as RFC 5322 writes it, in UTC.
  private static func date(_ seconds: Int) -> String {
    var seconds = time_t(seconds)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(days[Int(parts.tm_wday)]), \(parts.tm_mday) \(months[Int(parts.tm_mon)]) "
      + "\(1900 + parts.tm_year) \(clock.joined(separator: ":")) +0000"
  }
}
