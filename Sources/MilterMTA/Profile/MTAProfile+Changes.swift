extension MTAProfile {
  /// An MTA's treatment of a filter's changes.
  ///
  /// MTAs carry changes out in the order in which they arrive. Each change applies to the result of the changes before.
  public struct Changes: Hashable, Sendable {
    /// Whether `addheader` puts a header before the first of its name, if there is one, and not at
    /// the end.
    public var addsHeadersBeforeTheirLike = false
    /// Whether `chgheader` goes on counting the headers it has deleted, and can bring them back.
    public var countsDeletedHeaders = false
    /// Whether `chgheader` keeps the spelling of the field's name.
    public var keepsHeaderNames = false
    /// The headers that `insheader` counts between the MTA's own Received and the message's,
    /// although the message does not have them there.
    public var hiddenHeaders: [String] = []
    /// Whether a recipient that is there already can be added again.
    public var repeatsRecipients = false
    /// Whether a recipient that is deleted and then added again is restored at its old place.
    public var revivesRecipients = false
    /// The treatment of an invalid argument of a recipient or sender.
    public var badArgument = BadArgument.kept
    /// Whether a new sender has the client's ESMTP arguments besides its own.
    public var keepsSenderArguments = false
    /// Whether the client's arguments, but for `SIZE`, are forgotten all the same when the new sender
    /// has any.
    public var resetsSenderArguments = false
    /// Whether any other reply between two chunks of a new body ends it, so that the next chunk is
    /// an error.
    public var interruptedBodiesFail = true
    /// Whether the MTA adds a line end to a new body that does not end with one.
    public var endsLastLine = false

    /// The treatment of a line break in a header field that no white space follows.
    public var lineBreak = LineBreak.getsTab
    /// The treatment of a header field without a name.
    public var emptyName = EmptyName.kept
    /// The size in bytes at which the MTA cuts a header field that a filter adds or changes; `nil` for no limit.
    public var fieldLimit: Int?

    /// The treatment of a line break in a header field that no white space follows.
    public enum LineBreak: Hashable, Sendable {
      /// The MTA adds a tab after it, so that the next line continues the field.
      case getsTab
      /// A space takes its place.
      case becomesSpace
    }

    /// The treatment of a header field without a name.
    public enum EmptyName: Hashable, Sendable {
      /// It is written as it is: its line ends the headers for programs that read the message.
      /// A change of such a field breaks the protocol.
      case kept
      /// It is dropped.
      case dropped
    }

    /// The treatment of an invalid argument.
    public enum BadArgument: Hashable, Sendable {
      /// It is passed on as it is.
      case kept
      /// It is dropped.
      case dropped
      /// It is dropped, and so is the recipient it came with.
      case dropsRecipient
    }

    /// Creates the rules that libmilter's documentation describes.
    public init() {}
  }
}
