extension RealMTA {
  /// The settings of an MTA that a test starts.
  ///
  /// Sockets of filters are written as libmilter and Sendmail do, `inet:8891@127.0.0.1`, or as Postfix does,
  /// `inet:127.0.0.1:8891`; `unix:/path` is the same for both. Sendmail refuses a Unix socket below a
  /// directory that others may write to, and Postfix connects as user `postfix`, which needs the right to
  /// write to the socket. The addresses of a running `MilterServer` can be passed on as they are.
  public struct Settings: Sendable {
    /// The sockets of the filters for mail that comes by SMTP, in order.
    public var filters: [String]
    /// The sockets of the filters for mail submitted locally; Postfix only (`non_smtpd_milters`).
    public var localFilters: [String] = []
    /// Whether a failing filter makes the MTA answer 4xx; otherwise mail passes unfiltered.
    public var tempfailsOnFilterFailure: Bool
    /// The timeout for a connection to a filter, in whole seconds.
    ///
    /// `nil` leaves the MTA's default.
    public var connectTimeout: Duration?
    /// The timeout for a filter's reply before the content, in whole seconds.
    ///
    /// `nil` leaves the MTA's default.
    public var commandTimeout: Duration?
    /// The timeout for a filter's reply to the content, in whole seconds.
    ///
    /// `nil` leaves the MTA's default. Sendmail counts from the end of the message to the final reply.
    public var contentTimeout: Duration?
    /// The recipients that the MTA itself refuses with 550 5.1.1.
    public var rejectedRecipients = ["nobody@rejected.example"]
    /// The largest message that the MTA accepts, in bytes.
    public var messageSizeLimit = 100_000_000
    /// More lines for Postfix's `main.cf`; a later line overrides an earlier one.
    public var postfixLines: [String] = []
    /// The options after `smtpd` in Postfix's `master.cf`.
    public var postfixOptions = ""
    /// More lines for Sendmail's `.mc` file, after the features and before the mailers.
    public var sendmailLines: [String] = []
    /// More arguments for Sendmail's command line; `-d64.9` has it log all that it does with filters.
    public var sendmailArguments: [String] = []

    /// Settings that differ from the defaults by what is given; the defaults have no filter.
    ///
    /// - Parameters:
    ///   - filters: The sockets of the filters for mail that comes by SMTP, in order.
    ///   - tempfailsOnFilterFailure: Whether a failing filter makes the MTA answer 4xx.
    public init(filters: [String] = [], tempfailsOnFilterFailure: Bool = true) {
      self.filters = filters
      self.tempfailsOnFilterFailure = tempfailsOnFilterFailure
    }
  }
}
