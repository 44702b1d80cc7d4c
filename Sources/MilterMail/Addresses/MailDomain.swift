/// A domain for comparisons: its labels regardless of case, in ASCII (A-labels, `xn--…`) or in Unicode
/// (U-labels).
///
/// ```swift
/// MailDomain("M\u{DC}LLER.example") == MailDomain("xn--mller-kva.example")  // true
/// MailDomain("news.example.org").isIn(MailDomain("example.org"))             // true
/// ```
///
/// This type covers the parts of IDNA (RFC 5890 to 5892, UTS 46) that comparisons need: Punycode (RFC 3492),
/// Unicode's lowercase mapping, canonical equivalence (NFC), the four label separators, and a final dot. It
/// does not check which characters a registry allows. It does not map compatibility characters (NFKC) or drop
/// ignorable ones, so domains that differ in these are different. An A-label that is not a valid encoding, or
/// that encodes only ASCII, equals only itself.
public struct MailDomain: Sendable {
  /// The labels from left to right, in lower case, and in Unicode if possible.
  ///
  /// An address literal such as `[192.0.2.1]` is a single label.
  public let labels: [String]

  /// Whether this is an address literal, with its brackets.
  public let isLiteral: Bool

  private static let prefix = Array("xn--".utf8)
  /// RFC 3490, section 3.1.
  private static let separators: [Unicode.Scalar] = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]

  /// Creates a domain from its text.
  ///
  /// - Parameter text: The domain, or an address literal with its brackets.
  public init(_ text: String) {
    isLiteral = text.utf8.first == UInt8(ascii: "[")
    guard !isLiteral else {
      labels = [text.lowercased()]
      return
    }
    var parts = text.unicodeScalars.split(
      omittingEmptySubsequences: false, whereSeparator: Self.separators.contains)
    // A domain may end with the root.
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

  /// Whether the domain is equal to another one or below it.
  ///
  /// An address literal is not below any domain.
  public func isIn(_ parent: Self) -> Bool {
    labels.count == parent.labels.count
      ? self == parent
      : labels.count > parent.labels.count && !parent.isLiteral
        && labels.suffix(parent.labels.count).elementsEqual(parent.labels)
  }
}

extension MailDomain: Hashable {
  /// Whether two domains are equal.
  public static func == (one: Self, other: Self) -> Bool { one.labels == other.labels }

  /// Hashes the labels.
  public func hash(into hasher: inout Hasher) { hasher.combine(labels) }
}
