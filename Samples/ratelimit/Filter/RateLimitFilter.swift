public import MilterKit

/// The filter that limits how much mail a user may send, for any store of what was sent.
///
/// A program is a subclass that names its store. `Samples/ratelimit` counts in memory, `Samples/cluster`
/// in Redis.
open class RateLimitFilter<Store: RateStore>: Milter {
  override open class var programOptions: [any MilterProgramOption] {
    Rate.options + [RateUnit.setting] + Store.options
  }
  override open class var actions: MilterActionFlags { [] }
  override open class func reload() throws { Store.shared.rate = .current }

  private let store: Store
  private let unit: RateUnit

  /// Makes the filter for one connection of a program.
  public required convenience init() { self.init(Store.shared, per: RateUnit.setting.value) }

  /// Makes a filter with a store of its own, for tests.
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

  private func admit() throws -> Status {
    guard let user = client.user else { return .continue }
    do {
      guard let excess = try store.admit(user) else { return .continue }
      let limit = "\(store.rate.count) \(unit) in \(store.rate.period.components.seconds) seconds"
      if excess.isNews { log.notice("user \(user) is over the limit of \(limit)") }
      try setreply(
        "450", "4.7.1",
        "You may send \(unit == .messages ? "" : "to ")\(limit); "
          + "try again in \(excess.seconds) seconds")
    } catch {
      log.info("put off without a count: \(error)")
      try setreply("451", "4.3.0", "What you have sent is not known, please try again later")
    }
    return .tempfail
  }
}
