// Compares the From header with the envelope sender; see README.md.

import MilterKit
import MilterMail

@main
final class FromAlign: Milter {
  /// What becomes of a message whose addresses do not fit.
  enum Action: String, CaseIterable, Sendable { case reject, quarantine, mark }

  private static let action = MilterSetting(
    "action", default: Action.reject, help: "what becomes of messages whose addresses do not fit")
  private static let strict = MilterSetting(
    flag: "strict", help: "have the domains be the same, not one below the other")

  override class var name: String { "fromalign" }
  override class var programOptions: [any MilterProgramOption] { [action, strict] }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs, .quarantine] }

  /// The field that marks a message; one that a message comes with is removed.
  private static let mark = "X-From-Alignment"

  private let action: Action
  private let isStrict: Bool

  @PerMessage private var sender = EnvelopeSender.unreadable
  @PerMessage private var headers = MailHeaders()
  /// What is wrong with the message; `nil` until that was looked at.
  @PerMessage private var findings: [String]?

  required convenience init() {
    self.init(action: Self.action.value, isStrict: Self.strict.value)
  }

  init(action: Action, isStrict: Bool) {
    self.action = action
    self.isStrict = isStrict
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    self.sender = EnvelopeSender(rawArguments[0])
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    headers.append(name, rawArguments[1])
    return .continue
  }

  /// Looks at the addresses, and turns the message away before its body was sent.
  override func eoh() throws -> Status { try judge() }

  override func eom() throws -> Status {
    // An MTA that has left out the end of the header gets its answer here.
    let status = findings == nil ? try judge() : .continue
    guard status == .continue else { return status }
    // From the last to the first: with Postfix a deletion moves those after it.
    for index in stride(from: headers.all(Self.mark).count, to: 0, by: -1) {
      try chgheader(Self.mark, index, nil)
    }
    guard let finding = findings?.first else { return .continue }
    switch action {
    case .quarantine: try quarantine("From header does not fit the envelope sender")
    case .mark: try addheader(Self.mark, "fail (\(finding))")
    case .reject: break  // done by `judge`
    }
    return .continue
  }

  private func judge() throws -> Status {
    let findings = explanation()
    self.findings = findings
    guard action == .reject, !findings.isEmpty else { return .continue }
    log.notice("refused a From header that does not fit the sender")
    try setmlreply(
      "550", "5.7.1",
      findings + ["Please correct the sender, or ask your postmaster to allow this one."])
    return .reject
  }

  /// What is wrong with the message, in lines for its sender; empty if nothing is wrong.
  private func explanation() -> [String] {
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
    let sender: MailAddress
    switch self.sender {
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
