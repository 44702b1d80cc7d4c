import MilterKit

/// A DNS block list, and the answers by which it lists a client.
struct DNSList: Equatable, Sendable {
  /// The meaning of a list's answer.
  enum Meaning: Equatable, Sendable {
    /// The client is on the list, with this code.
    case listed(InetAddress)
    case notListed
    /// The list does not serve this host, for this reason.
    case unusable(String)
  }

  /// The domain of the list's names.
  let zone: String
  /// The codes that count; `nil` if every code counts.
  let pattern: CodePattern?

  /// Reads `ZONE` or `ZONE=PATTERN`.
  ///
  /// - Throws: `MilterUsageError` that describes the mistake.
  init(_ text: some StringProtocol) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    var zone = parts[0].lowercased()
    if zone.hasSuffix(".") { zone.removeLast() }
    let labels = zone.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, zone.utf8.count <= Self.maxZoneLength, labels.allSatisfy(Self.isLabel)
    else {
      throw MilterUsageError("--lists \(text): \(zone) is not the domain of a block list")
    }
    self.zone = zone
    pattern = try parts.dropFirst().first.map { text in
      guard let pattern = CodePattern(text) else {
        throw MilterUsageError("--lists \(zone)=\(text): write codes as 127.0.0.[2..11;14]")
      }
      return pattern
    }
  }

  /// A name has at most 253 characters, and an IPv6 address needs 64 of them.
  private static let maxZoneLength = 253 - 64

  private static func isLabel(_ text: Substring) -> Bool {
    1...63 ~= text.utf8.count && text.unicodeScalars.allSatisfy(isLabelCharacter)
  }

  private static func isLabelCharacter(_ character: Unicode.Scalar) -> Bool {
    switch character {
    case "a"..."z", "0"..."9", "-", "_": true
    default: false
    }
  }

  /// Reads lists that are separated by commas.
  static func lists(_ text: String) throws -> [DNSList] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { try DNSList($0) }
  }

  /// Returns the name to look up.
  func name(of client: ReversedAddress) -> String { "\(client.labels).\(zone)" }

  /// Returns the meaning of an answer.
  func meaning(of answer: LookupAnswer) -> Meaning {
    // RFC 5782: a list's answers are in 127.0.0.0/8. Any other answer comes from a domain that was sold, or
    // from a DNS server that invents answers for names that do not exist.
    if let foreign = answer.addresses.first(where: { $0.bytes[0] != 127 }) {
      return .unusable("answers \(foreign), which is not a code of a block list")
    }
    // With this range a list refuses to serve a host, for example one that asks through a public DNS server.
    if let refusal = answer.addresses.first(where: { $0.bytes.starts(with: [127, 255, 255]) }) {
      return .unusable("answers \(refusal): it does not serve this host")
    }
    let code = answer.addresses.first { pattern?.matches($0) ?? true }
    return code.map(Meaning.listed) ?? .notListed
  }
}
