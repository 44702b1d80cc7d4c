// blocklist: asks DNS block lists about each client, all lists at the same time.
//
//   swift run blocklist --try Samples/messages/hello.eml --lists zen.spamhaus.org --client 127.0.0.2
//   swift run blocklist --socket inet:8899@127.0.0.1 --lists zen.spamhaus.org
//
// The idea is that of Postfix's postscreen_dnsbl_sites and Sendmail's FEATURE(dnsbl). README.md has the
// options, the lines for Postfix and Sendmail, and a description of the parts.

import MilterKit

@main
final class Blocklist: AsyncMilter {
  /// The action on mail from a client that is listed.
  enum Action: String, CaseIterable, Sendable {
    case reject
    case mark
  }

  private static let lists = MilterSetting(
    required: "lists", argument: "ZONE[=CODES],...",
    help: "the block lists, such as zen.spamhaus.org")
  private static let action = MilterSetting(
    "action", default: Action.reject, help: "the action on mail from listed clients")
  private static let threshold = MilterSetting(
    "threshold", argument: "N", default: 1, in: 1...100,
    help: "the number of lists that must have a client")
  private static let timeout = MilterSetting(
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
    "lookups", argument: "N", default: 32, in: 1...128,
    help: "the maximum number of lookups at a time")

  override class var name: String { "blocklist" }
  override class var programOptions: [any MilterProgramOption] {
    let shared: [any MilterProgramOption] = [lists, threshold, timeout, server, lookups]
    return [action, exempt] + shared.map(\.untilRestart)
  }
  override class var answerTime: Int? { timeout.value }
  override class var actions: MilterActionFlags { [.addhdrs, .chghdrs] }
  override class func prepare() throws { _ = try shared.get() }

  /// The field with the lists; an incoming field of this name is removed.
  private static let field = "X-Blocklist"

  /// The clients that are exempt by default.
  ///
  /// Only one address of 127.0.0.0/8, because every list has 127.0.0.2 for tests.
  private static let defaultExempt =
    (try? MilterNetworks("127.0.0.1, ::1").union(.private)) ?? .private

  /// The state that all connections share.
  private static let shared = Result { try makeSurvey() }

  private static func makeSurvey() throws -> Survey {
    let threads = LookupThreads(count: lookups.value, maxWaiting: 100 * lookups.value)
    let seconds = timeout.value
    let resolver = SystemResolver(server: server.value, timeout: seconds, threads: threads)
    let lists = try DNSList.lists(Self.lists.value)
    guard threshold.value <= lists.count else {
      throw MilterUsageError("--threshold \(threshold.value): --lists has \(lists.count)")
    }
    return Survey(
      lists: lists, lookup: LookupCache(source: resolver.ask), threshold: threshold.value
    ) {
      try await Task.sleep(for: .seconds(seconds))
    }
  }

  private let survey: Result<Survey, any Error>
  private let action: Action
  private let exempt: MilterNetworks
  private var address = ""
  /// The client's address in the form for lists; `nil` for an exempt client.
  private var reversed: ReversedAddress?

  @PerMessage private var findings = Survey.Findings()
  /// The number of result fields that the sender wrote.
  @PerMessage private var forgedFields = 0

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
    self.address = address.text
    self.reversed = reversed
    return .continue
  }

  override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
    guard let reversed else { return .accept }
    // Users who have logged in often send from dial-up networks, which are listed as a whole.
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
    if name.lowercased() == Self.field.lowercased() { forgedFields += 1 }
    return .continue
  }

  override func eom() async throws -> Status {
    try delheaders(Self.field, forgedFields)
    guard action == .mark, findings.listings.count >= (try survey.get().threshold) else {
      return .continue
    }
    let lists = findings.listings.map(\.description).joined(separator: ", ")
    try addheader(Self.field, lists)
    return .continue
  }
}
