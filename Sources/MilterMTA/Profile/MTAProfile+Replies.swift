public import MilterCore

extension MTAProfile {
  /// What the client is told when the filter refuses it.
  public struct Replies: Hashable, Sendable {
    /// The reply for a plain reject.
    public var reject = "550 5.7.1 Command rejected"
    /// The reply for a plain reject where it is another one.
    public var rejectAt: [MilterCallback: String] = [:]
    /// The reply for a plain tempfail.
    public var tempfail = "451 4.7.1 Service unavailable - try again later"
    /// The reply when the filter's bytes make no sense.
    public var brokenProtocol = "451 4.7.1 Service unavailable - try again later"
    /// The greeting of a client that is rejected at connect; nil if it gets the filter's reply.
    public var refusedGreeting: String?
    /// Whether the filter's own text from connect is kept from the client.
    public var hidesConnectText = false
    /// The reply to DATA without recipients.
    public var noRecipients = "554 5.5.1 Error: no valid recipients"
    /// The codes for which the reply to MAIL and RCPT names the address.
    public var codesWithAddress: Set<String> = []
    /// Whether a reply of one line gets the enhanced code `X.0.0` where it has none.
    public var addsEnhancedCode = false
    /// What becomes of a `%` that is not doubled.
    public var lonePercent = LonePercent.isDropped
    /// Most bytes of a reply; the rest is cut off.
    public var limit = Int.max

    /// What becomes of a `%` that is not doubled.
    public enum LonePercent: Hashable, Sendable {
      /// It is left out.
      case isDropped
      /// All of the filter's text is, and the MTA's own is used.
      case dropsReply
    }

    /// Makes the replies of an MTA that passes on what filters say.
    public init() {}
  }
}
