// Limits how much mail a user who has logged in may send; see README.md.

import MilterKit

@main
final class RateLimit: Milter {
  private static let count = MilterSetting(
    "count", "N", default: 100, in: 1...1_000_000, "messages that a user may send at once")
  private static let period = MilterSetting(
    "period", "SECONDS", default: 3600, in: 1...604_800, "time after which as many may follow")

  override class var name: String { "ratelimit" }
  override class var programOptions: [any MilterProgramOption] { [count, period] }
  override class var actions: MilterActionFlags { [] }

  /// What all connections share.
  private static let shared = RateTable(count: count.value, period: .seconds(period.value))
  private let table: RateTable

  required convenience init() { self.init(Self.shared) }

  init(_ table: RateTable) { self.table = table }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    guard let user = getsymval("{auth_authen}"), !user.isEmpty else { return .continue }
    guard let wait = table.admit(user) else { return .continue }
    // Rounded up: who comes at the second told is let in.
    let seconds = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
    log.notice("user over the limit, put off for \(seconds) seconds")
    try setreply(
      "450", "4.7.1",
      "You may send \(table.count) messages in \(table.period.components.seconds) seconds; "
        + "try again in \(seconds) seconds")
    return .tempfail
  }
}
