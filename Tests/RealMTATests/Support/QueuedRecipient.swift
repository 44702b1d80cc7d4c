/// One envelope recipient of a queued message.
struct QueuedRecipient: Equatable {
  /// The address without angle brackets.
  let address: String
  /// The words of NOTIFY, empty when the recipient came without.
  let notify: Set<String>
  /// The value of ORCPT as the MTA stores it; Postfix makes one up for a recipient without.
  let original: String?

  /// A recipient with as much of the rest as a test cares to name.
  init(_ address: String, notify: Set<String> = [], original: String? = nil) {
    self.address = address
    self.notify = notify
    self.original = original
  }
}
