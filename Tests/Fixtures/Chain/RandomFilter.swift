import MilterMessageFixtures
public import MilterTesting

/// A filter with random actions, which depend only on its seed and not on its place in a list.
///
/// It adds a field that depends on the parts of the message that it got, so that differences show.
public final class RandomFilter: Milter {
  /// The seed of the filter's choices, which also depend on the callback and the number of calls.
  public struct Character: Hashable, Sendable {
    /// The seed of the session.
    public var seed: Int
    /// The number of the filter.
    public var number: Int
    /// Whether the filter accepts every client, and decides about messages only.
    public var isKind: Bool

    /// Creates a character.
    public init(seed: Int, number: Int, isKind: Bool = false) {
      self.seed = seed
      self.number = number
      self.isKind = isKind
    }
  }

  private let character: Character
  private var agreed = MilterProtocolFlags()
  private var messageCount = 0
  private var callCount = 0
  private var seen: UInt64 = 0
  private static let names = ["Subject", "X-A", "x-a", "X-B", "X-C", "Comments"]
  private static let values = ["one", "two", " two spaces", "folded\n line", "\t tab", "trailing "]

  /// Creates a filter.
  public init(_ character: Character) {
    self.character = character
    super.init()
  }

  /// Creates a filter with the seed 0.
  public required init() {
    character = .init(seed: 0, number: 0)
    super.init()
  }

  private func random(_ callback: MilterCallback) -> Random {
    // MTAs report different unknown commands between two messages. These calls must not change
    // what the filter does later.
    if callback != .unknown { callCount += 1 }
    let place = ((character.seed * 16 + character.number) * 16 + messageCount) * 16
    return Random(seed: (place + Int(callback.rawValue)) * 64 + callCount % 64)
  }

  override public func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    var random = random(.negotiate)
    if random.oneIn(2) { options.steps.formUnion(offered.steps.intersection(.hdrLeadspc)) }
    for step: MilterProtocolFlags in [
      .nrConn, .nrHelo, .nrMail, .nrRcpt, .nrData, .nrUnkn, .nrHdr, .nrEoh, .nrBody,
    ] where random.oneIn(5) {
      options.steps.formUnion(offered.steps.intersection(step))
    }
    for step: MilterProtocolFlags in [
      .noconnect, .nohelo, .norcpt, .nodata, .nohdrs, .noeoh, .nobody, .nounknown,
    ] where random.oneIn(12) {
      options.steps.formUnion(offered.steps.intersection(step))
    }
    if random.oneIn(3) { options.steps.formUnion(offered.steps.intersection(.rcptRej)) }
    agreed = options.steps
    return .continue
  }

  override public func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    try decide(.connect, character.isKind ? 0 : 60)
  }
  override public func helo(_ host: String) throws -> Status {
    try decide(.helo, character.isKind ? 0 : 60)
  }
  override public func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    messageCount += 1
    callCount = 0
    seen = 14_695_981_039_346_656_037
    see(sender.utf8)
    return try decide(.envfrom, 30)
  }
  override public func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    see(recipient.utf8)
    // A verdict on such a recipient has no effect, except that a filter of a list leaves the message.
    if isRejectedRecipient { return .continue }
    return try decide(.envrcpt, 12)
  }
  override public func data() throws -> Status { try decide(.data, 30) }
  override public func unknown(_ command: String) throws -> Status { try decide(.unknown, 3) }
  override public func header(_ name: String, _ value: String) throws -> Status {
    see(name.utf8)
    see(value.utf8)
    return try decide(.header, 80)
  }
  override public func eoh() throws -> Status { try decide(.eoh, 30) }
  override public func body(_ chunk: RawSpan) throws -> Status {
    chunk.withUnsafeBytes { see($0) }
    return try decide(.body, 25)
  }
  override public func eom() throws -> Status {
    var random = random(.eom)
    try addheader("X-Saw-\(character.number)", "\(lead)\(seen)")
    for _ in 0..<random.below(5) { try edit(&random) }
    return try decide(.eom, 12)
  }

  private var lead: String { agreed.contains(.hdrLeadspc) ? " " : "" }

  private func see(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { seen = (seen ^ UInt64(byte)) &* 1_099_511_628_211 }
  }

  /// Returns continue, or another status in one of `oneIn` calls.
  private func decide(_ callback: MilterCallback, _ oneIn: Int) throws -> Status {
    var random = random(callback)
    guard oneIn > 0, callback.nrFlag.isEmpty || !agreed.contains(callback.nrFlag) else {
      return .continue
    }
    // A later tempfail may use this reply. The codes are 451 and 452, because Sendmail adds the
    // sender to replies with some other codes.
    if random.oneIn(20) {
      try setreply("45\(1 + random.below(2))", "4.7.\(character.number)", "later")
    }
    guard random.oneIn(oneIn) else { return .continue }
    switch random.below(6) {
    // smtpd of Postfix 3.7 ends with a panic if an unknown command before MAIL is accepted.
    case 0 where callback != .unknown: return .accept
    case 1:
      if random.oneIn(2) {
        try setreply("55\(random.pick([1, 2, 4]))", "5.7.\(character.number)", "no at \(callback)")
      }
      return .reject
    case 2:
      if random.oneIn(2) {
        try setreply("451", "4.7.\(character.number)", "not now at \(callback)")
      }
      return .tempfail
    case 3 where callback != .connect && callback != .helo && callback != .unknown: return .discard
    case 4 where callback == .body && agreed.contains(.skip): return .skip
    case 5 where callback == .envrcpt:
      return .reject
    default: return .continue
    }
  }

  private func edit(_ random: inout Random) throws {
    let name = random.pick(Self.names)
    let value = lead + random.pick(Self.values)
    switch random.below(13) {
    case 0, 1: try addheader(name, value)
    case 2: try insheader(random.below(7), name, value)
    case 3, 4, 5: try chgheader(name, 1 + random.below(3), value)
    case 6, 7, 8: try chgheader(name, 1 + random.below(3), nil)
    case 9: try chgfrom("from\(random.below(3))@example.org", random.oneIn(3) ? "RET=HDRS" : nil)
    case 10:
      let recipient = "to\(random.below(3))@example.org"
      if random.oneIn(2) { try addrcpt(recipient) } else { try delrcpt(recipient) }
    case 11:
      let end = random.pick(["", "\r\n", "\r\n", "\n"])
      try replacebody("body \(random.below(100)) of \(character.number)" + end)
      if random.oneIn(3) { try replacebody("more" + end) }
    default: if random.oneIn(6) { try quarantine("because of \(character.number)") }
    }
  }
}
