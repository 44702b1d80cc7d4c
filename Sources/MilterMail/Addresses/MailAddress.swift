/// A mail address: what stands left and right of the `@`.
///
/// Two addresses are equal if their local parts are equal and ``MailDomain`` compares their domains
/// as equal: in any case, as A-labels or U-labels. Only the domain's owner knows whether case matters
/// left of the `@`.
public struct MailAddress: Sendable, CustomStringConvertible {
  /// The text before the `@`, without quotes.
  public var localPart: String
  /// The domain as it was written, or an address literal with its brackets.
  public var domain: String

  /// Makes an address from its parts.
  ///
  /// - Parameters:
  ///   - localPart: the text before the `@`, without quotes.
  ///   - domain: the domain, or an address literal with its brackets.
  public init(localPart: String, domain: String) {
    self.localPart = localPart
    self.domain = domain
  }

  /// Reads one address, such as the argument of `envfrom` and `envrcpt`; `nil` if it is not a valid address, as with
  /// the null sender `<>`.
  ///
  /// - Parameter path: the address; angle brackets and a source route may be around it.
  public init?(_ path: some Sequence<UInt8>) {
    guard let address = try? AddressParser.path(path) else { return nil }
    self = address
  }

  /// Reads one address, such as the argument of `envfrom` and `envrcpt`; `nil` if it is not a valid address, as with
  /// the null sender `<>`.
  ///
  /// - Parameter path: the address; angle brackets and a source route may be around it.
  public init?(_ path: String) { self.init(path.utf8) }

  /// The address as it is written, with quotes where it needs them.
  public var description: String {
    let atoms = localPart.split(separator: ".", omittingEmptySubsequences: false)
    let isPlain = atoms.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isAtext) }
    return (isPlain ? localPart : Self.quoted(localPart)) + "@" + domain
  }

  /// Whether the address's domain is another one, such as `example.org`, or lies below it; see
  /// ``MailDomain``.
  public func isIn(_ parent: String) -> Bool { MailDomain(domain).isIn(MailDomain(parent)) }

  /// A text as a quoted string.
  static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "\"" + String(String.UnicodeScalarView(escaped)) + "\""
  }
}

extension MailAddress: Hashable {
  /// Whether two addresses are the same.
  public static func == (one: Self, other: Self) -> Bool {
    one.localPart == other.localPart
      && (one.domain == other.domain || MailDomain(one.domain) == MailDomain(other.domain))
  }

  /// Hashes what counts for equality.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(localPart)
    hasher.combine(MailDomain(domain))
  }
}
