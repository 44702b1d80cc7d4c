/// One envelope recipient of a queued message.
public struct QueuedRecipient: Equatable, Sendable {
  /// The address without angle brackets.
  public let address: String
  /// The words of NOTIFY, empty when the recipient came without.
  public let notify: Set<String>
  /// The value of ORCPT as the MTA stores it; Postfix makes one up for a recipient without it.
  public let original: String?

  /// A recipient.
  public init(_ address: String, notify: Set<String> = [], original: String? = nil) {
    self.address = address
    self.notify = notify
    self.original = original
  }
}
