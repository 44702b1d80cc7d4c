import MilterCore
import MilterMTA

/// What a member says to a step.
enum ChainVerdict {
  /// The next member is asked.
  case goOn
  /// The client, message, recipient, or command is refused.
  case refuse(FilterReply)
  /// The message is thrown away.
  case discard
  /// The member has failed, and mail is not to pass without it.
  case failed

  init(_ exchange: MTAExchange) {
    guard exchange.fate == .asked else {
      self = .goOn
      return
    }
    switch exchange.replies.last {
    case .reject?, .tempfail?, .replycode?: self = .refuse(exchange.replies.last ?? .tempfail)
    // As Postfix does: the client is cut off.
    case .shutdown?, .connectionFailure?:
      self = .refuse(.replycode(Array("421 4.7.0 Server closing connection".utf8)))
    case .discard?: self = .discard
    default: self = .goOn
    }
  }
}

extension FilterReply {
  /// Whether a filter that has said this wants no more of the message.
  var endsMessageForFilter: Bool {
    switch self {
    case .accept, .discard, .reject, .tempfail, .replycode, .shutdown, .connectionFailure: true
    default: false
    }
  }
}
