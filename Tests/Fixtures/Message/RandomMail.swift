public import MilterTesting

/// A source of messages that are hard to change: equal fields, odd folding, sizes at limits.
public struct RandomMail: Sendable {
  /// Whether the MTA shows the space after the colon; if not, every field must have one.
  public let isExact: Bool
  /// Whether large header fields are allowed.
  public let hasLargeFields: Bool
  /// Whether the messages have only fields that MTAs do not rewrite.
  public let isTame: Bool

  /// Creates a source of messages.
  public init(isExact: Bool, hasLargeFields: Bool, isTame: Bool = false) {
    self.isExact = isExact
    self.hasLargeFields = hasLargeFields
    self.isTame = isTame
  }

  private static let names = ["Subject", "X-A", "x-a", "X-B", "Received", "To", "Date", "From"]
  private static let values = [
    "one", "one", "two", "", " two spaces", "folded\n line", "\n at once", "\t tab",
    "three\n\tlines\n x",
    "gr\u{FC}\u{DF}e", "=?UTF-8?Q?=C3=BC?=", "trailing ",
  ]

  private static let tameNames = ["Subject", "X-A", "x-a", "X-B", "X-C", "Comments"]
  /// The fields that both MTAs add to a message without them.
  private static let origin = [
    MTAHeader("Date", "Sat, 21 Nov 2026 14:00:00 +0000"),
    MTAHeader("From", "<sender@from.example>"),
    MTAHeader("Message-Id", "<1@from.example>"),
  ]

  /// Returns the name of a field.
  public func name(_ random: inout Random) -> String {
    random.pick(isTame ? Self.tameNames : Self.names)
  }

  /// Returns the fields that may be changed.
  func changeable(_ headers: MilterMessage.Headers) -> [MilterMessage.Field] {
    headers.filter { isTame ? Self.tameNames.contains($0.name) || $0.name == "X-Large" : true }
  }

  /// Returns the value of a field.
  public func value(_ random: inout Random) -> [UInt8] {
    if random.oneIn(20) { return [0xFF, 0xFE, 0x80] }
    return Array(random.pick(Self.values).utf8)
  }

  /// Returns a message and its envelope.
  public func mail(_ random: inout Random) -> MTAMail {
    var headers = isTame ? Self.origin : []
    for _ in 0..<random.below(12) { headers.append(header(&random)) }
    if random.oneIn(200) {
      let same = header(&random)
      headers += [MTAHeader](repeating: same, count: random.pick([99, isTame ? 99 : 1000]))
    }
    if hasLargeFields, random.oneIn(50) {
      let size = random.pick([56_000, 59_990, 60_000, 60_001, 65_000])
      headers.insert(
        MTAHeader("X-Large", String(repeating: "x", count: size)),
        at: random.below(headers.count + 1))
    }
    var paths = [MTAEnvelope.Path("one@example.org", random.pick(["", "NOTIFY=NEVER"]))]
    for name in ["two", "Three", "four"].prefix(random.below(4)) {
      paths.append(.init("\(name)@example.net", random.pick(["", "ORCPT=rfc822;x@example.org"])))
    }
    let sender = MTAEnvelope.Path(
      random.pick(["", "sender@example.org"]), random.pick(["", "SIZE=100", "RET=HDRS SIZE=1"]))
    return MTAMail(
      MTAMessage(headers: headers, body: Self.body(&random)),
      MTAEnvelope(sender: sender, recipients: paths))
  }

  /// Returns a body.
  public static func body(_ random: inout Random) -> [UInt8] {
    switch random.below(20) {
    case 0: []
    case 1: [UInt8](repeating: 0x78, count: 70_000) + [0x0D, 0x0A]
    case 2 where random.oneIn(10):
      [[UInt8]](repeating: Array("a line\r\n".utf8), count: 40_000).flatMap(\.self)
    case 3: Array("\r\n\r\n".utf8)
    default: Array("text \(random.below(3))\r\nnext\r\n".utf8)
    }
  }

  private func header(_ random: inout Random) -> MTAHeader {
    var value = value(&random)
    var separator: [UInt8] = [0x3A, 0x20]
    if isExact, random.oneIn(4), value.first != 0x20, !isTame || !value.isEmpty {
      separator = [0x3A]
    }
    // An MTA that hides the space shows `X:` and `X: ` as the same field.
    if !isExact, value.isEmpty { value = [0x78] }
    return MTAHeader(name: Array(name(&random).utf8), separator: separator, value: value)
  }
}
