// doorman: the filter of ../c/doorman.c as a class.
//
// It has a method for each callback, and a property for each member of the private data. Where C checks a
// result, an action throws. The comment at the top of ../c/doorman.c explains the options.
//
//   swift run doorman -p inet:8891@127.0.0.1 -n mail.example.com

import MilterKit

final class Doorman: Milter {
  private let settings: Settings
  private var client = Client()
  @PerMessage private var message = Message()

  private static let trace = "X-Doorman"

  required convenience init() { self.init(Settings()) }

  init(_ settings: Settings) { self.settings = settings }

  override class var name: String { "doorman" }

  override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    if offered.actions.contains(.setsymlist) {
      try setsymlist(.envfrom, "{auth_authen}")
      try setsymlist(.eom, "i")
    }
    // An action that the MTA lacks throws later, and the message is deferred.
    options.actions.formIntersection([.addhdrs, .chghdrs, .quarantine, .setsymlist])
    options.steps.insert(.nrHdr)  // the library sends the replies if the MTA wants them
    client.canSkip = options.steps.contains(.skip)
    return .continue
  }

  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    switch address {
    case .inet(let text, _) where text.hasPrefix("127."): .accept
    case .inet6("::1", _): .accept
    default: .continue
    }
  }

  override func helo(_ host: String) throws -> Status {
    guard !settings.ownNames.contains(where: { isSame($0, host) }) else {
      try setreply("550", "5.7.1", "That is my name, not yours")
      return .reject
    }
    client.helo = host
    return .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    if getsymval("{auth_authen}")?.isEmpty == false { return .accept }
    guard !isBlocked(sender) else {
      try setmlreply(
        "550", "5.7.1",
        [
          "Mail from this domain is not accepted here.",
          "If that is a mistake, call the postmaster,", "who knows the reason.",
        ])
      return .reject
    }
    message.sender = sender
    return .continue
  }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    guard message.recipients < settings.mostRecipients else {
      try setreply("452", "4.5.3", "Too many recipients, send the rest separately")
      return .tempfail
    }
    message.recipients += 1
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    if isSame(name, "Received") { message.hops += 1 }
    if isSame(name, Self.trace) { message.forged += 1 }
    if isSame(name, "Subject"), message.subject == nil { message.subject = value }
    return .noreply
  }

  override func body(_ chunk: RawSpan) throws -> Status {
    message.hash(chunk, upTo: settings.hashedBytes)
    return client.canSkip && message.bytes == settings.hashedBytes ? .skip : .continue
  }

  override func eom() throws -> Status {
    try delheaders(Self.trace, message.forged)
    if let subject = message.subject, isTaggable(subject) {
      try chgheader("Subject", 1, "\(settings.tag) \(subject)")
    }
    try addheader(
      Self.trace,
      """
      helo=\(word(client.helo)) from=\(word(message.sender))
      \trcpts=\(message.recipients) body=\(String(message.hash, radix: 16))/\(message.bytes) \
      id=\(word(getsymval("i")))
      """)
    if message.hops > settings.mostHops { try quarantine("too many Received headers") }
    return .continue
  }

  // As in C, this also forgets what negotiate found out, when the MTA serves another client.
  override func close() { client = Client() }

  /// Whether the sender's domain, the text after the last @, is blocked.
  private func isBlocked(_ sender: String) -> Bool {
    guard let at = sender.utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
    let domain = sender[sender.utf8.index(after: at)...].prefix { $0 != ">" }
    return settings.blockedDomains.contains { isSame($0, String(domain)) }
  }

  /// Whether a subject can be tagged: it has no raw 8-bit characters, and no tag yet.
  private func isTaggable(_ subject: String) -> Bool {
    subject.utf8.allSatisfy { 32...126 ~= $0 || $0 == 9 || $0 == 10 }
      && !subject.utf8.starts(with: settings.tag.utf8)
  }
}

/// Whether two names are equal.
///
/// The case of ASCII letters does not matter.
private func isSame(_ one: String, _ other: String) -> Bool {
  func folded(_ byte: UInt8) -> UInt8 { 65...90 ~= byte ? byte | 0x20 : byte }
  return one.utf8.lazy.map(folded).elementsEqual(other.utf8.lazy.map(folded))
}

/// A text of the client if it can be a word in a header field; otherwise a dash.
private func word(_ text: String?) -> String {
  guard let text, 1...255 ~= text.utf8.count, text.utf8.allSatisfy({ 33...126 ~= $0 }) else {
    return "-"
  }
  return text
}
