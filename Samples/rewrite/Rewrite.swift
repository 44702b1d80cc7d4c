// Changes envelopes by a map file; see README.md.

import MilterKit
import MilterMail
import Synchronization

@main
final class Rewrite: Milter {
  private static let map = MilterSetting(
    "map", argument: "FILE", default: "/etc/mail/rewrite.map",
    help: "the rules; read again on SIGHUP")
  private static let current = Mutex(Rules())

  override class var name: String { "rewrite" }
  override class var programOptions: [any MilterProgramOption] { [map] }
  override class var actions: MilterActionFlags { [.chgfrom, .addrcpt, .delrcpt] }

  override class func prepare() throws { try reload() }

  /// Reads the rules; if there is something wrong with them, those read before stay.
  override class func reload() throws {
    let rules = try Rules(file: map.value)
    current.withLock { $0 = rules }
  }

  private let newest: @Sendable () -> Rules

  @PerMessage private var rules = Rules()
  @PerMessage private var sender = ""
  @PerMessage private var recipients: [String] = []

  required convenience init() { self.init { Self.current.withLock { $0 } } }

  init(_ rules: @escaping @Sendable () -> Rules) { newest = rules }

  /// Begins a message, which keeps to the rules of this moment.
  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    rules = newest()
    self.sender = sender
    return .continue
  }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    recipients.append(recipient)
    return .continue
  }

  override func eom() throws -> Status {
    if let other = rules.sender(insteadOf: sender) { try chgfrom(other) }
    let deleted = recipients.filter(rules.deletes)
    let kept = Set(recipients.map(Rules.bare)).subtracting(deleted.map(Rules.bare))
    var added: [String] = []
    for address in recipients.flatMap(rules.additions)
    where !kept.contains(address) && !added.contains(address) {
      added.append(address)
    }
    guard !kept.isEmpty || !added.isEmpty else {
      log.notice("discarded: no recipient is left")
      return .discard
    }
    for recipient in deleted { try delrcpt(recipient) }
    for address in added { try addrcpt("<\(address)>") }
    return .continue
  }
}
