/// The replies of a server to which one message was offered.
public struct SMTPDelivery: Sendable {
  /// The reply to MAIL.
  public let mail: SMTPReply
  /// The reply to each RCPT, in order; empty when MAIL was refused.
  public let recipients: [SMTPReply]
  /// The reply to DATA; nil when no recipient was accepted.
  public let data: SMTPReply?
  /// The reply to the end of the data; nil when DATA was refused.
  public let end: SMTPReply?

  /// The last reply of all, which decided about the message.
  public var final: SMTPReply { end ?? data ?? recipients.last ?? mail }

  /// The queue ID; nil if the message was not accepted.
  public var queueID: String? { end?.queueID }
}
