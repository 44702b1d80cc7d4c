extension RealMTA {
  /// The settings of an MTA for a test.
  ///
  /// The sockets of filters are in the notation of libmilter and Sendmail, `inet:8891@127.0.0.1`, or in that of
  /// Postfix, `inet:127.0.0.1:8891`; `unix:/path` is the same in both. Sendmail refuses a Unix-domain socket
  /// below a directory that other users may write to. Postfix connects as the user `postfix`, which must be
  /// able to write to the socket. You can pass the addresses of a running `MilterServer` unchanged.
  public struct Settings: Sendable {
    /// The sockets of the filters for mail that arrives by SMTP, in order.
    public var filters: [String]
    /// The sockets of the filters for mail submitted locally; Postfix only (`non_smtpd_milters`).
    public var localFilters: [String] = []
    /// Whether the MTA answers 4xx if a filter fails; otherwise mail passes unfiltered.
    public var tempfailsOnFilterFailure: Bool
    /// The timeout for a connection to a filter, in whole seconds.
    ///
    /// `nil` means the MTA's default.
    public var connectTimeout: Duration?
    /// The timeout for a filter's reply before the content, in whole seconds.
    ///
    /// `nil` means the MTA's default.
    public var commandTimeout: Duration?
    /// The timeout for a filter's reply to the content, in whole seconds.
    ///
    /// `nil` means the MTA's default. In Sendmail, the time counts from the end of the message to the final
    /// reply.
    public var contentTimeout: Duration?
    /// The recipients that the MTA itself refuses with 550 5.1.1.
    public var rejectedRecipients = ["nobody@rejected.example"]
    /// The largest message that the MTA accepts, in bytes.
    public var messageSizeLimit = 100_000_000
    /// Additional lines for Postfix's `main.cf`; a later line overrides an earlier one.
    public var postfixLines: [String] = []
    /// The options after `smtpd` in Postfix's `master.cf`.
    public var postfixOptions = ""
    /// Additional lines for Sendmail's `.mc` file, after the features and before the mailers.
    public var sendmailLines: [String] = []
    /// Additional arguments for Sendmail's command line; with `-d64.9`, it logs all packets between it and its
    /// filters.
    public var sendmailArguments: [String] = []

    /// Creates settings; by default there are no filters.
    ///
    /// - Parameters:
    ///   - filters: The sockets of the filters for mail that arrives by SMTP, in order.
    ///   - tempfailsOnFilterFailure: Whether the MTA answers 4xx if a filter fails.
    public init(filters: [String] = [], tempfailsOnFilterFailure: Bool = true) {
      self.filters = filters
      self.tempfailsOnFilterFailure = tempfailsOnFilterFailure
    }
  }
}
