// Puts off the first mail of a network, sender and recipient not seen together; see README.md.

import MilterKit

@main
final class Greylist: Milter {
  private static let file = MilterSetting(
    "store", argument: "FILE", default: "triplets", help: "where they are kept")
  private static let delay = MilterSetting(
    "delay", argument: "SECONDS", default: 300, help: "shortest wait")
  private static let window = MilterSetting(
    "window", argument: "SECONDS", default: 172_800, help: "longest wait")
  private static let keep = MilterSetting(
    "keep", argument: "SECONDS", default: 3_024_000, help: "how long to remember who passed")

  override class var name: String { "greylist" }
  /// One process writes the file of triplets.
  override class var maxWorkers: Int? { 1 }

  override class var programOptions: [any MilterProgramOption] {
    [file.untilRestart, delay, window, keep]
  }
  override class var actions: MilterActionFlags { [] }
  override class func checkSettings() throws { try times.check() }
  override class func prepare() throws { _ = try shared.get() }
  override class func reload() throws { try shared.get().times = times }

  private static var times: TripletStore.Times {
    TripletStore.Times(delay: delay.value, window: window.value, keep: keep.value)
  }

  /// What all connections share.
  private static let shared = Result { try TripletStore(file.value, times, now: LogFile.now) }

  private let store: Result<TripletStore, any Error>
  private var network = ""
  @PerMessage private var sender = ""

  required convenience init() { self.init(Self.shared) }

  init(_ store: Result<TripletStore, any Error>) { self.store = store }

  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    guard let address, let network = address.network() else { return .accept }
    self.network = network
    return ThisHost.has(address) ? .accept : .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    if client.isAuthenticated { return .accept }
    self.sender = sender.lowercased()
    return .continue
  }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    let triplet = [network, sender, recipient.lowercased()]
    let (wait, failure) = try store.get().check(triplet)
    if let failure { log.error("remembered in memory only: \(failure)") }
    guard wait > 0 else { return .continue }
    try setreply("451", "4.7.1", "Greylisted, please try again in \(wait) seconds")
    return .tempfail
  }
}
