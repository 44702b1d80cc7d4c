/// A message in the queue of an MTA.
public struct QueuedMessage: Sendable {
  /// The queue ID.
  public let id: String
  /// The envelope sender without angle brackets; empty for the null sender.
  public let sender: String
  /// The value of MAIL's ENVID, decoded as this MTA stores it.
  public let envelopeID: String?
  /// The value of MAIL's RET, `FULL` or `HDRS`.
  public let returnContent: String?
  /// The value of MAIL's BODY, such as `8BITMIME`, if this MTA keeps it.
  public let bodyType: String?
  /// The recipients without deleted ones, in the MTA's order.
  public let recipients: [QueuedRecipient]
  /// The header fields in order, including those that the MTA added.
  public let headers: [QueuedHeader]
  /// The body with LF at the end of each line, as both MTAs store it.
  public let body: [UInt8]
  /// Whether the message is on hold (Postfix) or quarantined (Sendmail).
  public let isQuarantined: Bool
  /// The reason for the quarantine; always `nil` with Postfix, which only logs it.
  public let quarantineReason: String?

  /// The body with CR LF at the end of each line, as it was on the wire.
  public var wireBody: [UInt8] { body.withCRLF }

  /// The addresses of the recipients.
  public var addresses: [String] { recipients.map(\.address) }

  /// Returns the fields with a name in order, regardless of case.
  public func headers(named name: String) -> [QueuedHeader] {
    headers.filter { $0.name.lowercased() == name.lowercased() }
  }

  /// Returns the values of the fields with a name, in order.
  public func values(of name: String) -> [String] {
    headers(named: name).map(\.value)
  }
}
