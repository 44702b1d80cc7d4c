/// A mail address: a local part and a domain.
///
/// Two addresses are equal if their local parts are equal and ``MailDomain`` compares their domains as equal,
/// regardless of case and of A-labels or U-labels. Case in the local part counts, because only the owner of the
/// domain knows whether it matters.
public struct MailAddress: Sendable, CustomStringConvertible {
  /// The text before the `@`, without quotes.
  public var localPart: String
  /// The domain as it was written, or an address literal with its brackets.
  public var domain: String

  /// Creates an address from its parts.
  ///
  /// - Parameters:
  ///   - localPart: The text before the `@`, without quotes.
  ///   - domain: The domain, or an address literal with its brackets.
  public init(localPart: String, domain: String) {
    self.localPart = localPart
    self.domain = domain
  }

  /// Reads one address, such as the argument of `envfrom` and `envrcpt`; `nil` if it is not a valid address, as with
  /// the null sender `<>`.
  ///
  /// - Parameter path: The address; angle brackets and a source route are allowed.
  public init?(_ path: some Sequence<UInt8>) {
    guard let address = try? AddressParser.path(path) else { return nil }
    self = address
  }

  /// Reads one address, such as the argument of `envfrom` and `envrcpt`; `nil` if it is not a valid address, as with
  /// the null sender `<>`.
  ///
  /// - Parameter path: The address; angle brackets and a source route are allowed.
  public init?(_ path: String) { self.init(path.utf8) }

  /// The address as it is written, with quotes if they are necessary.
  public var description: String {
    let atoms = localPart.split(separator: ".", omittingEmptySubsequences: false)
    let isPlain = atoms.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isAtext) }
    return (isPlain ? localPart : Self.quoted(localPart)) + "@" + domain
  }

  /// Whether the address's domain is equal to a domain, such as `example.org`, or below it; see ``MailDomain``.
  public func isIn(_ parent: String) -> Bool { MailDomain(domain).isIn(MailDomain(parent)) }

  /// Returns a text as a quoted string.
  static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "\"" + String(String.UnicodeScalarView(escaped)) + "\""
  }
}

extension MailAddress: Hashable {
  /// Whether two addresses are equal.
  public static func == (one: Self, other: Self) -> Bool {
    one.localPart == other.localPart
      && (one.domain == other.domain || MailDomain(one.domain) == MailDomain(other.domain))
  }

  /// Hashes the values that equality compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(localPart)
    hasher.combine(MailDomain(domain))
  }
}
