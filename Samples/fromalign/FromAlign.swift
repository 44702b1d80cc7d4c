// Compares the From header with the envelope sender; see README.md.

import MilterKit
import MilterMail

@main
final class FromAlign: Milter {
  /// What becomes of a message whose addresses do not fit.
  enum Action: String, CaseIterable, Sendable { case reject, quarantine, mark }

  private static let action = MilterSetting(
    "action", default: Action.reject, "what becomes of messages whose addresses do not fit")
  private static let strict = MilterSetting(
    flag: "strict", "have the domains be the same, not one below the other")

  override class var name: String { "fromalign" }
  override class var programOptions: [any MilterProgramOption] { [action, strict] }
  override class var actions: MilterActionFlags { [.addhdrs, .quarantine] }

  private let action: Action
  private let isStrict: Bool

  // About the message.
  private var sender: MailAddress?
  private var headers = MailHeaders()
  private var findings: [String] = []

  required convenience init() {
    self.init(action: Self.action.value, isStrict: Self.strict.value)
  }

  init(action: Action, isStrict: Bool) {
    self.action = action
    self.isStrict = isStrict
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    self.sender = MailAddress(rawArguments[0])
    headers = MailHeaders()
    findings = []
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    if name.lowercased() == "from" { headers.append(name, rawArguments[1]) }
    return .continue
  }

  /// Looks at the addresses, and turns the message away before its body was sent.
  override func eoh() throws -> Status {
    findings = explanation()
    guard action == .reject, !findings.isEmpty else { return .continue }
    log.notice("refused a From header that does not fit the sender")
    try setmlreply(
      "550", "5.7.1",
      findings + ["Please correct the sender, or ask your postmaster to allow this one."])
    return .reject
  }

  override func eom() throws -> Status {
    guard let finding = findings.first else { return .continue }
    switch action {
    case .quarantine: try quarantine("From header does not fit the envelope sender")
    case .mark: try addheader("X-From-Alignment", "fail (\(finding))")
    case .reject: break  // done in eoh
    }
    return .continue
  }

  /// What is wrong with the message, in lines for its sender; none if nothing is.
  private func explanation() -> [String] {
    guard let sender else { return [] }
    let fields = headers.all("From")
    guard let field = fields.first, fields.count == 1 else {
      return ["A message needs one From header, this one has \(fields.count)."]
    }
    let authors: [Mailbox]
    do {
      authors = try MailAddressList(field.rawValue).mailboxes
    } catch {
      return ["The From header cannot be understood: \(error)."]
    }
    guard !authors.isEmpty else { return ["The From header names nobody."] }
    guard let other = authors.first(where: { !isAligned($0.address.domain, sender.domain) }) else {
      return []
    }
    return [
      "The From header says \(printable(other.address)),",
      "but the envelope sender is <\(printable(sender))>.",
    ]
  }

  private func isAligned(_ one: String, _ other: String) -> Bool {
    let (one, other) = (
      MailAddress(localPart: "", domain: one), MailAddress(localPart: "", domain: other)
    )
    return isStrict ? one == other : one.isIn(other.domain) || other.isIn(one.domain)
  }

  /// An address as it can stand in an SMTP reply, whatever the client wrote.
  private func printable(_ address: MailAddress) -> String {
    String(
      String.UnicodeScalarView(
        address.description.unicodeScalars.prefix(200).map { " "..."~" ~= $0 ? $0 : "?" }))
  }
}
