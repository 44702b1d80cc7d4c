/// The value of the ESMTP parameter `NOTIFY`: RFC 3461, section 4.1.
///
/// The empty set is `NEVER`.
public struct ESMTPNotify: OptionSet, Hashable, Sendable {
  /// The conditions as bits.
  public let rawValue: Int

  /// Creates a set from its bits; other bits are ignored.
  public init(rawValue: Int) { self.rawValue = rawValue & 7 }

  /// The message was delivered.
  public static let success = Self(rawValue: 1)
  /// The message could not be delivered.
  public static let failure = Self(rawValue: 2)
  /// The message is late.
  public static let delay = Self(rawValue: 4)

  private static let names = [("SUCCESS", success), ("FAILURE", failure), ("DELAY", delay)]

  /// Reads the value; `nil` if it is not valid, such as `NEVER` together with another condition.
  ///
  /// - Parameter value: The value as it was written.
  public init?(_ value: String) {
    self = []
    guard !ASCII.isSame(value, "NEVER") else { return }
    for word in value.split(separator: ",", omittingEmptySubsequences: false) {
      guard let condition = Self.names.first(where: { ASCII.isSame($0.0, String(word)) }) else {
        return nil
      }
      insert(condition.1)
    }
  }

  /// The value as it is written.
  public var encoded: String {
    isEmpty ? "NEVER" : Self.names.filter { contains($0.1) }.map(\.0).joined(separator: ",")
  }
}
