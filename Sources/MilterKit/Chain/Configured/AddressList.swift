import MilterMTA

/// A list of addresses and domains.
struct AddressList: Sendable {
  private let entries: Set<String>

  init(_ text: String) throws {
    entries = Set(text.split(separator: ",").map { $0.lowercased() })
    for entry in entries where !entry.contains("@") || entry.hasSuffix("@") {
      throw MilterUsageError("\(entry): not an address or a domain such as @example.org")
    }
    if entries.isEmpty { throw MilterUsageError("\(text): no address") }
  }

  /// Whether the list contains an address or its domain.
  func contains(_ address: String) -> Bool {
    let bare = MTAEnvelope.Path.bare(Array(address.utf8))
    let address = String(decoding: bare, as: UTF8.self).lowercased()
    guard let at = address.lastIndex(of: "@") else { return false }
    return entries.contains(address) || entries.contains(String(address[at...]))
  }
}
