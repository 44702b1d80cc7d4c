/// The replies of a server to one message.
public struct SMTPDelivery: Sendable {
  /// The reply to MAIL.
  public let mail: SMTPReply
  /// The reply to each RCPT, in order; empty if MAIL was refused.
  public let recipients: [SMTPReply]
  /// The reply to DATA; `nil` if no recipient was accepted.
  public let data: SMTPReply?
  /// The reply to the end of the data; `nil` if DATA was refused.
  public let end: SMTPReply?

  /// The last reply, which decided about the message.
  public var final: SMTPReply { end ?? data ?? recipients.last ?? mail }

  /// The queue ID; `nil` if the message was not accepted.
  public var queueID: String? { end?.queueID }
}
