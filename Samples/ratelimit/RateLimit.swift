// Limits how much mail a user who has logged in may send; see README.md.

import MilterKit

@main
final class RateLimit: Milter {
  /// What is counted.
  enum Unit: String, CaseIterable, Sendable { case messages, recipients }

  private static let count = MilterSetting(
    "count", argument: "N", default: 100, in: 1...1_000_000,
    help: "how many a user may send at once")
  private static let unit = MilterSetting(
    "per", default: Unit.messages, help: "what is counted")
  private static let period = MilterSetting(
    "period", argument: "SECONDS", default: 3600, in: 1...604_800,
    help: "time after which as many may follow")

  override class var name: String { "ratelimit" }
  /// What was sent is counted in memory.
  override class var maxWorkers: Int? { 1 }

  override class var programOptions: [any MilterProgramOption] { [count, unit, period] }
  override class var actions: MilterActionFlags { [] }

  override class func reload() throws {
    shared.rate = .init(count: count.value, period: .seconds(period.value))
  }

  /// What all connections share.
  private static let shared = RateTable(count: count.value, period: .seconds(period.value))
  private let table: RateTable
  private let unit: Unit

  required convenience init() { self.init(Self.shared, per: Self.unit.value) }

  init(_ table: RateTable, per unit: Unit = .messages) {
    self.table = table
    self.unit = unit
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    unit == .messages ? try admit() : .continue
  }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    unit == .recipients ? try admit() : .continue
  }

  private func admit() throws -> Status {
    guard let user = client.user else { return .continue }
    guard let wait = table.admit(user) else { return .continue }
    // Rounded up: who comes at the second told is let in.
    let seconds = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
    let limit = "\(table.count) \(unit) in \(table.period.components.seconds) seconds"
    if table.isToBeNamed(user) { log.notice("user \(user) is over the limit of \(limit)") }
    try setreply(
      "450", "4.7.1",
      "You may send \(unit == .messages ? "" : "to ")\(limit); try again in \(seconds) seconds")
    return .tempfail
  }
}
