public import MilterCore

extension MTAProfile {
  /// The replies to the client if the filter refuses it.
  public struct Replies: Hashable, Sendable {
    /// The reply for a reject without a reply text of the filter.
    public var reject = "550 5.7.1 Command rejected"
    /// The reply for a plain reject at some callbacks, where it differs.
    public var rejectAt: [MilterCallback: String] = [:]
    /// The reply for a plain tempfail.
    public var tempfail = "451 4.7.1 Service unavailable - try again later"
    /// The reply if the filter's bytes are malformed.
    public var brokenProtocol = "451 4.7.1 Service unavailable - try again later"
    /// The greeting of a client that is rejected at connect; `nil` if it gets the filter's reply.
    public var refusedGreeting: String?
    /// The text after 421 and the MTA's name for a client that is disconnected at connect; `nil` if it gets
    /// the reply itself.
    public var closingGreeting: String?
    /// Whether the client does not get the filter's own text from connect.
    public var hidesConnectText = false
    /// The reply for shutdown.
    public var shutdown = "421 4.7.0 Server closing connection"
    /// The reply to DATA without recipients.
    public var noRecipients = "554 5.5.1 Error: no valid recipients"
    /// The codes for which the reply to MAIL and RCPT includes the address.
    public var codesWithAddress: Set<String> = []
    /// Whether a reply of one line without an enhanced code gets the enhanced code `X.0.0`.
    public var addsEnhancedCode = false
    /// The treatment of a `%` that is not doubled.
    public var lonePercent = LonePercent.dropped
    /// The maximum number of bytes of a reply; the rest is cut.
    public var limit = Int.max

    /// The treatment of a reply that is not an SMTP reply of class 4 or 5.
    public var malformed = Malformed.failure
    /// The reply for a malformed reply that counts as a plain reject, where it differs.
    public var malformedRejectAt: [MilterCallback: String] = [:]
    /// Whether a reply is malformed if its status code has another class than its code.
    public var refusesMixedClasses = false
    /// Whether all lines of a reply are checked, and not only the first one.
    public var checksEachLine = false
    /// The treatment of bytes of a reply's text that are not printable ASCII.
    public var text = ReplyText.kept
    /// The rules by which refusals change before the client reads them; the first one that fits counts.
    public var filters: [ReplyFilter] = []

    /// The treatment of a reply that is not an SMTP reply of class 4 or 5.
    public enum Malformed: Hashable, Sendable {
      /// The filter has broken the protocol.
      case failure
      /// It counts as a plain reject.
      case reject
    }

    /// The treatment of bytes of a reply's text that are not printable ASCII.
    public enum ReplyText: Hashable, Sendable {
      /// They are passed on.
      case kept
      /// Control characters and invalid UTF-8 become spaces.
      case printable
      /// Bytes lose their eighth bit, and a byte that becomes NUL ends the text.
      case sevenBit
    }

    /// The treatment of a `%` that is not doubled.
    public enum LonePercent: Hashable, Sendable {
      /// It stays, and so do two.
      case kept
      /// It is dropped.
      case dropped
      /// The whole text of the filter is dropped, and the MTA's own text is used.
      case replyDropped
    }

    /// Creates the replies of an MTA that passes on the filters' replies.
    public init() {}
  }
}
