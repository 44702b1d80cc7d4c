// Compares the From header with the envelope sender; see README.md.

import MilterKit
import MilterMail

@main
final class FromAlign: MessageMilter {
  /// The action on a message whose addresses do not match.
  enum Action: String, CaseIterable, Sendable { case reject, quarantine, mark }

  private static let action = MilterSetting(
    "action", default: Action.reject, help: "what becomes of messages whose addresses do not fit")
  private static let strict = MilterSetting(
    flag: "strict", help: "have the domains be the same, not one below the other")

  override class var name: String { "fromalign" }
  override class var programOptions: [any MilterProgramOption] { [action, strict] }
  override class var needsBody: Bool { false }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs, .quarantine] }

  /// The field that marks a message; an incoming field of this name is removed.
  private static let mark = "X-From-Alignment"

  private let action: Action
  private let isStrict: Bool

  required convenience init() {
    self.init(action: Self.action.value, isStrict: Self.strict.value)
  }

  init(action: Action, isStrict: Bool) {
    self.action = action
    self.isStrict = isStrict
  }

  /// Refuses a message before its body is sent.
  override func eoh() async throws -> Status {
    action == .reject ? try refuse(explanation(of: messageSoFar)) : .continue
  }

  override func message(_ message: inout MilterMessage) async throws -> Status {
    message.headers.removeAll(Self.mark)
    let findings = explanation(of: message)
    guard let finding = findings.first else { return .continue }
    switch action {
    // An MTA that has left out the end of the header gets its answer here.
    case .reject: return try refuse(findings)
    case .quarantine: try message.quarantine("From header does not fit the envelope sender")
    case .mark:
      try message.headers.append(.init(Self.mark, rawValue: "fail (\(finding))".utf8))
    }
    return .continue
  }

  private func refuse(_ findings: [String]) throws -> Status {
    guard !findings.isEmpty else { return .continue }
    log.notice("refused a From header that does not fit the sender")
    try setmlreply(
      "550", "5.7.1",
      findings + ["Please correct the sender, or ask your postmaster to allow this one."])
    return .reject
  }

  /// Describes to the sender, in lines, what is wrong with the message; empty if nothing is wrong.
  private func explanation(of message: MilterMessage) -> [String] {
    let fields = message.headers.all("From")
    guard let field = fields.first, fields.count == 1 else {
      return ["A message needs one From header, this one has \(fields.count)."]
    }
    let authors: [Mailbox]
    do {
      authors = try field.addresses.mailboxes
    } catch {
      return ["The From header cannot be understood: \(error)."]
    }
    guard !authors.isEmpty else { return ["The From header names nobody."] }
    let sender: MailAddress
    switch EnvelopeSender(message.sender.rawValue) {
    case .null: return []
    case .unreadable: return ["The envelope sender is not an address with a domain."]
    case .address(let address): sender = address
    }
    guard let other = authors.first(where: { !isAligned($0.address.domain, sender.domain) }) else {
      return []
    }
    return [
      "The From header says \(printable(other.address)),",
      "but the envelope sender is <\(printable(sender))>.",
    ]
  }

  private func isAligned(_ one: String, _ other: String) -> Bool {
    let (one, other) = (MailDomain(one), MailDomain(other))
    return one == other || !isStrict && (isBelow(one, other) || isBelow(other, one))
  }

  /// Whether a domain lies below another one; a top-level domain aligns nothing.
  private func isBelow(_ one: MailDomain, _ other: MailDomain) -> Bool {
    other.labels.count > 1 && one.isIn(other)
  }

  /// An address as it can stand in an SMTP reply, whatever the client wrote.
  private func printable(_ address: MailAddress) -> String {
    String(
      String.UnicodeScalarView(
        address.description.unicodeScalars.prefix(200).map { " "..."~" ~= $0 ? $0 : "?" }))
  }
}
