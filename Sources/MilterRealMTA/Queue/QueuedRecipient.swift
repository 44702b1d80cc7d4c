/// An envelope recipient of a queued message.
public struct QueuedRecipient: Equatable, Sendable {
  /// The address without angle brackets.
  public let address: String
  /// The words of NOTIFY; empty if the client did not send it.
  public let notify: Set<String>
  /// The value of ORCPT as the MTA stores it; Postfix creates one if the client did not send it.
  public let original: String?

  /// Creates a recipient.
  public init(_ address: String, notify: Set<String> = [], original: String? = nil) {
    self.address = address
    self.notify = notify
    self.original = original
  }
}
