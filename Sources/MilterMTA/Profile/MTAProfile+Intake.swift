extension MTAProfile {
  /// An MTA's changes to a message's content before the filter sees it.
  ///
  /// It applies only to whole messages that are sent with ``MTASession/send(_:)``.
  public struct Intake: Hashable, Sendable {
    /// Whether white space between a header field's name and its colon is dropped.
    public var dropsSpaceBeforeColon = true
    /// The treatment of a CR that does not belong to a line end.
    public var bareCR = BareCR.kept
    /// The treatment of NUL in a header field.
    public var headerNUL = HeaderNUL.kept
    /// The maximum number of bytes of a header field, above which it is cut; `nil` for no limit.
    public var fieldLimit: Int?
    /// The maximum number of bytes of all header fields, above which a message is refused; `nil` for no limit.
    public var headersLimit: Int?
    /// Whether content that claims to be 8-bit becomes quoted-printable: Postfix's
    /// `force_mime_input_conversion`.
    public var encodesEightBit = false
    /// The treatment of a header that ends with a line of the body: Postfix's
    /// `non_empty_end_of_header_action`.
    public var unendedHeader = UnendedHeader.ended
    /// Whether a message for which the client requires TLS gets the field `Require-TLS-ESMTP`: Postfix's
    /// `requiretls_esmtp_header`.
    public var recordsRequireTLS = false

    /// The treatment of a header that ends with a line of the body, without an empty line.
    public enum UnendedHeader: Hashable, Sendable {
      /// An empty line is put in.
      case ended
      /// The field `MIME-Error` is added, and an empty line.
      ///
      /// Filters see it as the last field of the header, but cannot change or delete it. Fields that they
      /// add come before it, and a new body takes its place.
      case marked
      /// The message is refused.
      case refused
    }

    /// Whether the last header field of a message is the mark of ``UnendedHeader/marked``.
    func marks(_ message: MTAMessage) -> Bool {
      unendedHeader == .marked && !message.hasBlankLine && !message.body.isEmpty
        && message.headers.last?.isNamed("MIME-Error".utf8) == true
    }

    /// The treatment of a CR that does not belong to a line end.
    public enum BareCR: Hashable, Sendable {
      /// It is kept.
      case kept
      /// It is dropped before a line end and becomes a space elsewhere.
      case dropped
      /// A space replaces it, even before a line end.
      case replaced
      /// The message is refused, and the client's connection closed.
      case refused
    }

    /// The treatment of NUL in a header field.
    public enum HeaderNUL: Hashable, Sendable {
      /// It is kept in the message, but filters never get it.
      case kept
      /// It ends the line.
      case lineEnded
      /// It is dropped.
      case dropped
    }

    /// Creates the intake of an MTA with only one change: it drops white space before a field's colon.
    ///
    /// Both Postfix and Sendmail do this.
    public init() {}

    /// The intake of Postfix 3.7 with filters, with any `header_size_limit`.
    static let postfix: Self = {
      var intake = Self()
      intake.bareCR = .dropped
      intake.headerNUL = .lineEnded
      intake.fieldLimit = 60_000
      return intake
    }()

    /// Sendmail 8.17 with its default `MaxHeadersLength`.
    static let sendmail: Self = {
      var intake = Self()
      intake.bareCR = .refused
      intake.headerNUL = .dropped
      intake.headersLimit = 32_768
      return intake
    }()
  }
}
