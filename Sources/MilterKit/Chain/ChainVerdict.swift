import MilterCore
import MilterMTA

/// A member's answer to a step.
enum ChainVerdict {
  /// The chain asks the next member.
  case goOn
  /// The chain refuses the client, message, recipient, or command.
  case refuse(FilterReply)
  /// The message is discarded.
  case discard
  /// The member has failed, and mail must not pass without it.
  case failed

  /// The verdict of a reply that ends a step.
  init(_ reply: FilterReply) {
    self =
      switch reply {
      case .reject, .tempfail, .replycode: .refuse(reply)
      // As Postfix does: the client is disconnected.
      case .shutdown, .connectionFailure:
        .refuse(.replycode(Array(MTAProfile.postfix.replies.shutdown.utf8)))
      case .discard: .discard
      default: .goOn
      }
  }

  var isGoOn: Bool {
    if case .goOn = self { return true }
    return false
  }

  /// The refusal after which the MTA closes the client's connection; otherwise `nil`.
  var disconnection: FilterReply? {
    guard case .refuse(let reply) = self, case .replycode(let text) = reply,
      text.disconnectsClient
    else { return nil }
    return reply
  }
}
