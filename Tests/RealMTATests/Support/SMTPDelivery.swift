/// All that a server replied while one message was offered to it.
struct SMTPDelivery {
  /// The reply to MAIL.
  let mail: SMTPReply
  /// The reply to each RCPT, in order; empty when MAIL was refused.
  let recipients: [SMTPReply]
  /// The reply to DATA; nil when no recipient was accepted.
  let data: SMTPReply?
  /// The reply to the end of the data; nil when DATA was refused.
  let end: SMTPReply?

  /// The last reply of all, which says what became of the message.
  var final: SMTPReply { end ?? data ?? recipients.last ?? mail }

  /// The name under which the message is queued, when it was accepted.
  var queueID: String? { end?.queueID }
}
