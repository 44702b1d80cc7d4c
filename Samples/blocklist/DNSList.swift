import MilterKit

/// A DNS block list, and which of its answers mean that a client is on it.
struct DNSList: Equatable, Sendable {
  /// The meaning of a list's answer.
  enum Meaning: Equatable, Sendable {
    /// The client is on the list, with this code.
    case listed(InetAddress)
    case notListed
    /// The list does not do its work for this host; why.
    case unusable(String)
  }

  /// The domain below which the list has its names.
  let zone: String
  /// The codes that count; `nil` for all.
  let pattern: CodePattern?

  /// Reads `ZONE` or `ZONE=PATTERN`.
  ///
  /// - Throws: `MilterUsageError` that describes what is wrong.
  init(_ text: some StringProtocol) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    var zone = parts[0].lowercased()
    if zone.hasSuffix(".") { zone.removeLast() }
    let labels = zone.split(separator: ".", omittingEmptySubsequences: false)
    // Before it there is room for the 64 characters of an IPv6 address.
    guard labels.count > 1, zone.utf8.count <= 189, labels.allSatisfy(Self.isLabel) else {
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

  private static func isLabel(_ text: Substring) -> Bool {
    1...63 ~= text.utf8.count
      && text.utf8.allSatisfy { byte in
        "a"..."z" ~= Character(.init(byte)) || "0"..."9" ~= Character(.init(byte))
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      }
  }

  /// Reads lists that are separated by commas.
  static func lists(_ text: String) throws -> [DNSList] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { try DNSList($0) }
  }

  /// The name to ask for.
  func name(of client: ReversedAddress) -> String { "\(client.labels).\(zone)" }

  /// Returns the meaning of an answer.
  func meaning(of answer: LookupAnswer) -> Meaning {
    // RFC 5782: a list's answers are in 127.0.0.0/8. Another one comes from a domain that was sold, or
    // from a DNS server that answers for names that do not exist.
    if let foreign = answer.addresses.first(where: { $0.bytes[0] != 127 }) {
      return .unusable("answers \(foreign), which is no code of a block list")
    }
    // By this range lists refuse to serve, for example hosts that ask through a public DNS server.
    if let refusal = answer.addresses.first(where: { $0.bytes.starts(with: [127, 255, 255]) }) {
      return .unusable("answers \(refusal): it does not serve this host")
    }
    let code = answer.addresses.first { pattern?.matches($0) ?? true }
    return code.map(Meaning.listed) ?? .notListed
  }
}
