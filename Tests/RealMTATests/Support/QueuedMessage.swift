/// A message as an MTA keeps it in its queue.
struct QueuedMessage {
  /// The MTA's name for it.
  let id: String
  /// The envelope sender without angle brackets; empty for the null sender.
  let sender: String
  /// The value of MAIL's ENVID, decoded the way this MTA stores it.
  let envelopeID: String?
  /// The value of MAIL's RET, `FULL` or `HDRS`.
  let returnContent: String?
  /// The value of MAIL's BODY, such as `8BITMIME`, as far as this MTA keeps it.
  let bodyType: String?
  /// Those the message still has to go to, in the order the MTA keeps them.
  let recipients: [QueuedRecipient]
  /// The header fields in order, with those the MTA added.
  let headers: [QueuedHeader]
  /// The body with LF line ends, as both MTAs store it.
  let body: [UInt8]
  /// Whether the message is on hold (Postfix) or quarantined (Sendmail).
  let isQuarantined: Bool
  /// Why it is, where the MTA says so in the queue: Sendmail does, Postfix only in its log.
  let quarantineReason: String?

  /// The body with CR LF line ends, as it was on the wire.
  var wireBody: [UInt8] { body.withCRLF }

  /// The addresses of the recipients.
  var addresses: [String] { recipients.map(\.address) }

  /// The fields of one name, in order, whatever the case of its letters.
  func headers(named name: String) -> [QueuedHeader] {
    headers.filter { $0.name.lowercased() == name.lowercased() }
  }

  /// The values of the fields of one name, in order.
  func values(of name: String) -> [String] {
    headers(named: name).map(\.value)
  }
}
