import MilterSystem

/// A service that is not a filter, recognized by its first bytes.
struct WrongService {
  /// The first words of services, or their answers to unknown input.
  private static let openings = [
    ("UNKNOWN COMMAND", "clamd"), ("SPAMD/", "spamd of SpamAssassin"), ("SSH-", "an SSH server"),
    ("HTTP/", "a web server"), ("<!DOCTYPE", "a web server"), ("<html", "a web server"),
    ("* OK", "an IMAP server"), ("* BAD", "an IMAP server"), ("* BYE", "an IMAP server"),
    ("+OK", "a POP3 server"), ("-ERR", "Redis, or a POP3 server"), ("-DENIED", "Redis"),
    ("-NOAUTH", "Redis"), ("action=", "a policy service of Postfix"), ("ERROR", "memcached"),
    ("VERSION\t", "Dovecot's authentication"), ("NO Bad", "a ManageSieve server"),
    ("\"IMPLEMENTATION\"", "a ManageSieve server"),
  ]

  /// The first line of its text, in a form for a terminal.
  private let words: String
  private let guess: String?

  /// Reads the first bytes; `nil` if they are not text.
  init?(_ bytes: [UInt8]) {
    // TLS begins with a record of type 21 or 22 and the version 3.
    if bytes.count > 2, bytes[0] == 0x15 || bytes[0] == 0x16, bytes[1] == 3 {
      words = "a TLS record"
      guess = "a service with TLS"
      return
    }
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
    guard line.count > 1, line.allSatisfy({ $0 == 0x09 || 0x20...0x7E ~= $0 }) else { return nil }
    let text = String(decoding: line, as: UTF8.self)
    words = text.split(separator: "\t").joined(separator: " ")
    guess = Self.guess(text)
  }

  private static func guess(_ text: String) -> String? {
    if let found = openings.first(where: { text.hasPrefix($0.0) }) { return found.1 }
    guard let code = Int(text.prefix(3)), 200..<600 ~= code else { return nil }
    let upper = text.uppercased()
    if upper.contains("FTP") { return "an FTP server" }
    if upper.contains("LMTP") { return "an LMTP server" }
    return [220, 421, 500, 502, 521, 554].contains(code) ? "an SMTP server" : nil
  }

  func finding(_ spec: SocketSpec) -> Finding {
    Finding(
      .error, "what listens on \(spec) does not speak the milter protocol",
      why: "it said \(words)" + (guess.map { ": that looks like \($0)" } ?? ""),
      fix: "give the filter a port of its own, or name the one where it listens")
  }
}
