public import MilterKit

/// The filter that limits how much mail a user may send, with any store of the counts.
///
/// A program subclasses it and names a store. `Samples/ratelimit` counts in memory, `Samples/cluster` in
/// Redis.
open class RateLimitFilter<Store: RateStore>: Milter {
  override open class var programOptions: [any MilterProgramOption] {
    Rate.options + [RateUnit.setting] + Store.options
  }
  override open class var actions: MilterActionFlags { [] }
  override open class func reload() throws { Store.shared.rate = .current }

  private let store: Store
  private let unit: RateUnit

  /// Creates the filter for one connection of a program.
  public required convenience init() { self.init(Store.shared, per: RateUnit.setting.value) }

  /// Creates a filter with a given store, for tests.
  public init(_ store: Store, per unit: RateUnit = .messages) {
    self.store = store
    self.unit = unit
  }

  override public final func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    unit == .messages ? try admit() : .continue
  }

  override public final func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    unit == .recipients ? try admit() : .continue
  }

  /// Counts one message or recipient of the user who has logged in.
  private func admit() throws -> Status {
    guard let user = client.user else { return .continue }
    let excess: RateExcess?
    do {
      excess = try store.admit(user)
    } catch {
      log.info("deferred without a count: \(error)")
      try setreply("451", "4.3.0", "Your rate cannot be checked, please try again later")
      return .tempfail
    }
    guard let excess else { return .continue }
    return try putOff(user, excess)
  }

  /// Defers the command of a user who is over the limit.
  private func putOff(_ user: String, _ excess: RateExcess) throws -> Status {
    let seconds = store.rate.period.components.seconds
    let limit = "\(store.rate.count) \(unit.rawValue) in \(seconds) seconds"
    if excess.isFirst { log.notice("user \(user) is over the limit of \(limit)") }
    let permission =
      switch unit {
      case .messages: "You may send \(limit)"
      case .recipients: "You may send to \(limit)"
      }
    try setreply("450", "4.7.1", "\(permission); try again in \(excess.seconds) seconds")
    return .tempfail
  }
}
