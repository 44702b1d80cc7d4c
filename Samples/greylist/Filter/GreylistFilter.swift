public import MilterKit

/// The greylisting filter, with any store of triplets.
///
/// A program subclasses it and names a store. `Samples/greylist` keeps triplets in a file,
/// `Samples/cluster` in Redis.
open class GreylistFilter<Store: TripletStore>: Milter {
  override open class var programOptions: [any MilterProgramOption] {
    Store.options + TripletTimes.options
  }
  override open class var actions: MilterActionFlags { [] }
  override open class func checkSettings() throws { try TripletTimes.current.check() }
  override open class func prepare() throws { _ = try Store.shared.get() }
  override open class func reload() throws { try Store.shared.get().times = .current }

  private let store: Result<Store, any Error>
  private var network = ""
  @PerMessage private var sender = ""

  /// Creates the filter for one connection of a program.
  public required convenience init() { self.init(Store.shared) }

  /// Creates a filter with a given store, for tests.
  public init(_ store: Result<Store, any Error>) { self.store = store }

  override public final func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    guard let address, let network = address.network() else { return .accept }
    self.network = network
    return ThisHost.has(address) ? .accept : .continue
  }

  override public final func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    if client.isAuthenticated { return .accept }
    self.sender = sender.lowercased()
    return .continue
  }

  override public final func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    let answer: TripletAnswer
    do {
      answer = try store.get().check([network, sender, recipient.lowercased()])
    } catch {
      log.info("deferred without the store: \(error)")
      try setreply("451", "4.3.0", "Greylisting is not available, please try again later")
      return .tempfail
    }
    if let failure = answer.failure { log.error("remembered in memory only: \(failure)") }
    guard answer.wait > 0 else { return .continue }
    try setreply("451", "4.7.1", "Greylisted, please try again in \(answer.wait) seconds")
    return .tempfail
  }
}
