// Asks DNS block lists about clients, all lists at once; see README.md.

import MilterKit

@main
final class Blocklist: AsyncMilter {
  /// The action on mail from a client that is listed.
  enum Action: String, CaseIterable, Sendable { case reject, mark }

  private static let lists = MilterSetting(
    required: "lists", argument: "ZONE[=CODES],...",
    help: "the block lists, such as zen.spamhaus.org")
  private static let action = MilterSetting(
    "action", default: Action.reject, help: "what becomes of mail from clients that are listed")
  private static let threshold = MilterSetting(
    "threshold", argument: "N", default: 1, in: 1...100, help: "how many lists must have a client")
  private static let patience = MilterSetting(
    "lookup-timeout", argument: "SECONDS", default: 5, in: 1...60,
    help: "how long the lists may take")
  private static let exempt = MilterSetting(
    "exempt", default: defaultExempt,
    help: "clients that are not looked up; default ::1,127.0.0.1,private")
  private static let server = MilterSetting(
    "resolver", argument: "ADDRESS[:PORT]", default: DNSServer?.none,
    help: "the DNS server to ask; default those of /etc/resolv.conf"
  ) { try DNSServer($0) }
  private static let lookups = MilterSetting(
    "lookups", argument: "N", default: 32, in: 1...128, help: "look-ups at a time")

  override class var name: String { "blocklist" }
  override class var programOptions: [any MilterProgramOption] {
    let shared: [any MilterProgramOption] = [lists, threshold, patience, server, lookups]
    return [action, exempt] + shared.map(\.untilRestart)
  }
  override class var answerTime: Int? { patience.value }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs] }
  override class func prepare() throws { _ = try shared.get() }

  /// All of 127.0.0.0/8 would contain 127.0.0.2, which every list has for tests.
  private static let defaultExempt =
    (try? MilterNetworks("127.0.0.1, ::1").union(.private)) ?? .private

  /// The state that all connections share.
  private static let shared = Result {
    let threads = LookupThreads(count: lookups.value, mostWaiting: 100 * lookups.value)
    let resolver = SystemResolver(
      server: server.value, patience: patience.value, threads: threads)
    let (zones, seconds) = (try DNSList.lists(lists.value), patience.value)
    guard threshold.value <= zones.count else {
      throw MilterUsageError("--threshold \(threshold.value): --lists has \(zones.count)")
    }
    return Survey(
      lists: zones, lookup: LookupCache(source: resolver.ask),
      threshold: threshold.value
    ) { try await Task.sleep(for: .seconds(seconds)) }
  }

  private let survey: Result<Survey, any Error>
  private let action: Action
  private let exempt: MilterNetworks
  private var address = ""
  private var reversed: ReversedAddress?

  @PerMessage private var findings = Survey.Findings()
  @PerMessage private var forged = 0

  required convenience init() {
    self.init(Self.shared, action: Self.action.value, exempt: Self.exempt.value)
  }

  init(_ survey: Result<Survey, any Error>, action: Action, exempt: MilterNetworks) {
    self.survey = survey
    self.action = action
    self.exempt = exempt
  }

  override func connect(_ host: String, _ address: MilterAddress?) async throws -> Status {
    guard let address, !exempt.contains(address), let reversed = ReversedAddress(address) else {
      return .accept
    }
    (self.address, self.reversed) = (address.text, reversed)
    return .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
    guard let reversed else { return .accept }
    // Lists of dial-up networks have most of those who may send by a login.
    if client.isAuthenticated { return .accept }
    let survey = try survey.get()
    findings = try await survey.findings(about: reversed)
    for failure in findings.failures { log.warning("\(failure)") }
    guard action == .reject, findings.listings.count >= survey.threshold else { return .continue }
    let zones = findings.listings.map(\.zone).joined(separator: ", ")
    log.notice("refused: \(address) is listed by \(zones)")
    try setreply("550", "5.7.1", "The client [\(address)] is listed by \(zones)")
    return .reject
  }

  override func header(_ name: String, _ value: String) async throws -> Status {
    if name.lowercased() == "x-blocklist" { forged += 1 }
    return .continue
  }

  override func eom() async throws -> Status {
    for index in stride(from: forged, to: 0, by: -1) { try chgheader("X-Blocklist", index, nil) }
    guard action == .mark, findings.listings.count >= (try survey.get().threshold) else {
      return .continue
    }
    let lists = findings.listings.map(\.description).joined(separator: ", ")
    try addheader("X-Blocklist", lists)
    return .continue
  }
}
