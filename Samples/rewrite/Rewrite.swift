// rewrite: changes envelope senders and recipients by the rules of a map file.
//
//   echo 'chgfrom @intern.example @example.org' >rewrite.map
//   swift run rewrite --try Samples/messages/hello.eml --map rewrite.map
//   swift run rewrite --socket inet:8894@127.0.0.1 --map rewrite.map
//
// A C filter would call smfi_chgfrom, smfi_addrcpt, and smfi_delrcpt. README.md has the rules, and the lines
// for Postfix and Sendmail.

import MilterKit
import Synchronization

@main
final class Rewrite: MessageMilter {
  private static let map = MilterSetting(
    "map", argument: "FILE", default: "/etc/mail/rewrite.map",
    help: "the file with the rules; read again on SIGHUP")
  private static let current = Mutex(Rules())

  override class var name: String { "rewrite" }
  override class var programOptions: [any MilterProgramOption] { [map] }
  override class var needsBody: Bool { false }
  override class var actions: MilterActionFlags { [.chgfrom, .addrcpt, .delrcpt] }

  override class func prepare() throws { try reload() }

  /// Reads the rules.
  ///
  /// If they have a mistake, the rules that were read before stay in use.
  override class func reload() throws {
    let rules = try Rules(map.readFile(), named: map.value)
    current.withLock { $0 = rules }
  }

  private let currentRules: @Sendable () -> Rules

  required convenience init() {
    self.init { Self.current.withLock { $0 } }
  }

  /// Creates a filter.
  ///
  /// - Parameter rules: Returns the rules for a message.
  init(_ rules: @escaping @Sendable () -> Rules) { currentRules = rules }

  override func message(_ message: inout MilterMessage) async throws -> Status {
    let rules = currentRules()
    if let sender = rules.replacement(forSender: Self.path(message.sender)) {
      message.sender = try message.sender.replacingAddress(with: sender)
    }
    let added = message.recipients.flatMap { rules.additions(for: Self.path($0)) }
    message.recipients.removeAll { recipient in
      // A recipient that is deleted and added stays, with its ESMTP arguments.
      rules.deletes(Self.path(recipient)) && !added.contains(recipient.text)
    }
    for address in added { try message.recipients.append(address) }
    guard message.recipients.isEmpty else { return .continue }
    log.notice("discarded: no recipient is left")
    return .discard
  }

  /// An address as the MTA sent it.
  private static func path(_ path: MilterMessage.Path) -> String {
    String(decoding: path.rawValue, as: UTF8.self)
  }
}
