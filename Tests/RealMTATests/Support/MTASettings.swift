/// What a test wants of the MTA it starts; the defaults make one without filters.
struct MTASettings {
  /// The filters for mail that comes by SMTP, in order.
  var milters: [MilterSocket] = []
  /// The filters for mail submitted locally; Postfix only, whose `non_smtpd_milters` this is.
  var localMilters: [MilterSocket] = []
  /// Whether a failing filter makes the MTA answer 4xx; otherwise mail passes unfiltered.
  var tempfailsOnMilterFailure = true
  /// How long connecting to a filter may take, in seconds; nil leaves the MTA's default.
  var connectTimeout: Int?
  /// How long a filter may take for a reply before the content, in seconds.
  var commandTimeout: Int?
  /// How long a filter may take for a reply to the content, in seconds; Sendmail knows this as the
  /// time from the end of the message to the final reply.
  var contentTimeout: Int?
  /// Recipients the MTA itself refuses with 550 5.1.1.
  var rejectedRecipients = ["nobody@rejected.example"]
  /// The greatest message the MTA accepts.
  var messageSizeLimit = 100_000_000
  /// More lines for Postfix's main.cf; a later line overrides an earlier one.
  var postfixLines: [String] = []
  /// What follows `smtpd` in Postfix's master.cf.
  var postfixOptions = ""
  /// More lines for Sendmail's .mc, after the features and before the mailers.
  var sendmailLines: [String] = []
  /// More arguments for Sendmail's command line; `-d64.9` has it log all it does with filters.
  var sendmailArguments: [String] = []
}
