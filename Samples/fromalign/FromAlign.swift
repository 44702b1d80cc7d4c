// fromalign: refuses mail whose From header and envelope sender belong to different domains.
//
//   swift run fromalign --try Samples/messages/hello.eml --from someone@else.example
//   swift run fromalign --socket inet:8892@127.0.0.1
//
// The idea is that of alignment in DMARC, which the C filter OpenDMARC checks. README.md has the options,
// and the lines for Postfix and Sendmail.

import MilterKit
import MilterMail

@main
final class FromAlign: MessageMilter {
  /// The action on a message whose addresses do not match.
  enum Action: String, CaseIterable, Sendable {
    case reject
    case quarantine
    case mark
  }

  private static let action = MilterSetting(
    "action", default: Action.reject, help: "the action on messages whose addresses do not match")
  private static let strict = MilterSetting(
    flag: "strict", help: "require equal domains; by default one may be below the other")

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

  /// Refuses a message before the MTA sends its body.
  override func eoh() async throws -> Status {
    action == .reject ? try refuse(explanation(of: messageSoFar)) : .continue
  }

  override func message(_ message: inout MilterMessage) async throws -> Status {
    message.headers.removeAll(Self.mark)
    let findings = explanation(of: message)
    guard let finding = findings.first else { return .continue }
    switch action {
    case .reject:
      // Only for an MTA that does not send the end of the header; see `eoh`.
      return try refuse(findings)
    case .quarantine:
      try message.quarantine("From header does not fit the envelope sender")
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

  /// Returns the mistakes in the message for its sender, in lines; empty if there are none.
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
    let other = authors.first { !isAligned($0.address.domain, sender.domain) }
    guard let other else { return [] }
    return [
      "The From header names \(printable(other.address)),",
      "but the envelope sender is <\(printable(sender))>.",
    ]
  }

  private func isAligned(_ one: String, _ other: String) -> Bool {
    let one = MailDomain(one)
    let other = MailDomain(other)
    if one == other { return true }
    return !isStrict && (isBelow(one, other) || isBelow(other, one))
  }

  /// Whether a domain is below another one.
  ///
  /// No domain counts as below a top-level domain.
  private func isBelow(_ one: MailDomain, _ other: MailDomain) -> Bool {
    other.labels.count > 1 && one.isIn(other)
  }

  /// Returns an address in the form for an SMTP reply: at most 200 characters of printable ASCII.
  private func printable(_ address: MailAddress) -> String {
    let scalars = address.description.unicodeScalars.prefix(200)
    return scalars.map { " "..."~" ~= $0 ? String($0) : "?" }.joined()
  }
}
