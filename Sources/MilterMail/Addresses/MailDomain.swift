/// A domain as mail compares it: its labels in any case, in ASCII (A-labels, `xn--…`) or in Unicode
/// (U-labels).
///
/// ```swift
/// MailDomain("M\u{DC}LLER.example") == MailDomain("xn--mller-kva.example")  // true
/// MailDomain("news.example.org").isIn(MailDomain("example.org"))             // true
/// ```
///
/// Of IDNA (RFC 5890 to 5892, UTS 46) this type covers what comparing needs: Punycode (RFC 3492),
/// lower case by Unicode's mapping, canonical equivalence (NFC), the four label separators, and a
/// final dot. It does not check which characters a registry allows, and it does not map compatibility
/// characters (NFKC) or drop ignorable ones: domains that differ in these are different. An A-label
/// that is not a valid encoding, or that encodes what ASCII can write, equals only itself.
public struct MailDomain: Sendable {
  /// The labels from left to right, in lower case and in Unicode where that is possible.
  ///
  /// An address literal such as `[192.0.2.1]` is a single label.
  public let labels: [String]

  /// Whether this is an address literal, with its brackets.
  public let isLiteral: Bool

  private static let prefix = Array("xn--".utf8)
  /// RFC 3490, section 3.1.
  private static let separators: [Unicode.Scalar] = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]

  /// Makes a domain from its text.
  ///
  /// - Parameter text: the domain, or an address literal with its brackets.
  public init(_ text: String) {
    isLiteral = text.utf8.first == UInt8(ascii: "[")
    guard !isLiteral else {
      labels = [text.lowercased()]
      return
    }
    var parts = text.unicodeScalars.split(
      omittingEmptySubsequences: false, whereSeparator: Self.separators.contains)
    // The root, which a name may end with.
    if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
    labels = parts.map { Self.canonical(String($0)) }
  }

  private static func canonical(_ label: String) -> String {
    let label = label.lowercased()
    guard label.utf8.starts(with: prefix),
      let text = Punycode.decode(label.utf8.dropFirst(prefix.count)),
      text.unicodeScalars.contains(where: { !$0.isASCII }),
      text.lowercased().unicodeScalars.elementsEqual(text.unicodeScalars),
      Punycode.encode(text)?.elementsEqual(label.utf8.dropFirst(prefix.count)) == true
    else { return label }
    return text
  }

  /// Whether the domain is another one or lies below it.
  ///
  /// An address literal lies below nothing.
  public func isIn(_ parent: Self) -> Bool {
    labels.count == parent.labels.count
      ? self == parent
      : labels.count > parent.labels.count && !parent.isLiteral
        && labels.suffix(parent.labels.count).elementsEqual(parent.labels)
  }
}

extension MailDomain: Hashable {
  /// Whether two domains are the same.
  public static func == (one: Self, other: Self) -> Bool { one.labels == other.labels }

  /// Hashes the labels.
  public func hash(into hasher: inout Hasher) { hasher.combine(labels) }
}
