extension MTAProfile {
  /// An MTA's treatment of a filter's changes.
  ///
  /// MTAs carry changes out in the order in which they arrive. Each change applies to the result of the changes before.
  public struct Changes: Hashable, Sendable {
    /// Whether `addheader` inserts a field before the first field with the same name, and not at the end.
    public var addsHeadersBeforeTheirLike = false
    /// Whether `chgheader` also counts deleted fields, and can restore them.
    public var countsDeletedHeaders = false
    /// Whether `chgheader` keeps the spelling of the field's name.
    public var keepsHeaderNames = false
    /// The fields that `insheader` counts between the MTA's own `Received` and those of the message, although
    /// the message does not have them.
    public var hiddenHeaders: [String] = []
    /// Whether an existing recipient can be added again.
    public var repeatsRecipients = false
    /// Whether a recipient that is deleted and then added again returns to its old position.
    public var revivesRecipients = false
    /// The treatment of an invalid argument of a recipient or sender.
    public var badArgument = BadArgument.kept
    /// Whether a new sender keeps the client's ESMTP arguments in addition to its own.
    public var keepsSenderArguments = false
    /// Whether a new sender with arguments drops all arguments of the client except `SIZE`.
    public var resetsSenderArguments = false
    /// Whether any other reply between two chunks of a new body ends it, so that the next chunk is
    /// an error.
    public var interruptedBodiesFail = true
    /// Whether the MTA adds a line end to a new body that does not end with one.
    public var endsLastLine = false

    /// The treatment of a line break in a header field without white space after it.
    public var lineBreak = LineBreak.folded
    /// The treatment of a header field without a name.
    public var emptyName = EmptyName.kept
    /// The size in bytes at which the MTA cuts a header field that a filter adds or changes; `nil` for no limit.
    public var fieldLimit: Int?

    /// The treatment of a line break in a header field without white space after it.
    public enum LineBreak: Hashable, Sendable {
      /// The MTA adds a tab after it, so that the next line continues the field.
      case folded
      /// A space replaces it.
      case replaced
    }

    /// The treatment of a header field without a name.
    public enum EmptyName: Hashable, Sendable {
      /// It is written unchanged. For programs that read the message, its line ends the header. A change of
      /// such a field breaks the protocol.
      case kept
      /// It is dropped.
      case dropped
    }

    /// The treatment of an invalid argument.
    public enum BadArgument: Hashable, Sendable {
      /// It is passed on unchanged.
      case kept
      /// It is dropped.
      case dropped
      /// It is dropped, together with the recipient.
      case recipientDropped
    }

    /// Creates the rules that libmilter's documentation describes.
    public init() {}
  }
}
