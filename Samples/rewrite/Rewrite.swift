// Changes envelopes by a map file; see README.md.

import MilterKit
import Synchronization

@main
final class Rewrite: MessageMilter {
  private static let map = MilterSetting(
    "map", argument: "FILE", default: "/etc/mail/rewrite.map",
    help: "the rules; read again on SIGHUP")
  private static let current = Mutex(Rules())

  override class var name: String { "rewrite" }
  override class var programOptions: [any MilterProgramOption] { [map] }
  override class var needsBody: Bool { false }
  override class var actions: MilterActionFlags { [.chgfrom, .addrcpt, .delrcpt] }

  override class func prepare() throws { try reload() }

  /// Reads the rules; if there is something wrong with them, those read before stay.
  override class func reload() throws {
    let rules = try Rules(file: map.value)
    current.withLock { $0 = rules }
  }

  private let newest: @Sendable () -> Rules

  required convenience init() { self.init { Self.current.withLock { $0 } } }

  init(_ rules: @escaping @Sendable () -> Rules) { newest = rules }

  override func message(_ message: inout MilterMessage) async throws -> Status {
    let rules = newest()
    if let other = rules.sender(insteadOf: Self.path(message.sender)) {
      message.sender = try message.sender.replacingAddress(with: other)
    }
    let added = message.recipients.flatMap { rules.additions(for: Self.path($0)) }
    // One that is also added stays, with its arguments.
    message.recipients.removeAll { rules.deletes(Self.path($0)) && !added.contains($0.text) }
    for address in added { try message.recipients.append(address) }
    guard message.recipients.isEmpty else { return .continue }
    log.notice("discarded: no recipient is left")
    return .discard
  }

  /// An address as the MTA has shown it.
  private static func path(_ path: MilterMessage.Path) -> String {
    String(decoding: path.rawValue, as: UTF8.self)
  }
}
