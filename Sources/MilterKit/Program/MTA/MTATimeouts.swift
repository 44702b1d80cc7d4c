/// How long an MTA should wait for a filter, in seconds.
///
/// The lines that `milter config` and `--help` print and the advice of `milter doctor` come from here.
package struct MTATimeouts: Hashable, Sendable {
  /// How many seconds the MTA waits longer than the filter's own limit, so that the answer arrives in time.
  package static let margin = 10
  /// Sendmail's default timeout for a connection, in seconds.
  private static let sendmailConnect = 300

  /// For a connection and the first answer.
  package let connect = 30
  /// For the reply to a command; Sendmail waits only 10 seconds by itself.
  package let reply: Int
  /// For the reply to the end of the message.
  package let end: Int

  /// Makes timeouts that suit a filter.
  ///
  /// - Parameters:
  ///   - answerTime: How long the MTA has to wait for a reply; at least what Postfix waits by itself.
  ///   - endTime: How long it has to wait at the end of a message; `nil` for the same.
  package init(answerTime: Int = 0, endTime: Int? = nil) {
    reply = max(30, answerTime)
    end = max(300, endTime ?? answerTime)
  }

  /// As `T=` has them in Sendmail's configuration.
  package var sendmail: String {
    "C:\(Self.text(Self.sendmailConnect));S:30s;R:\(reply)s;E:\(Self.text(end))"
  }

  /// The parameters of Postfix, beginning with `milter_`.
  package var postfix: [(name: String, value: String)] {
    [
      ("milter_connect_timeout", "\(connect)s"), ("milter_command_timeout", "\(reply)s"),
      ("milter_content_timeout", "\(end)s"),
    ]
  }

  private static func text(_ seconds: Int) -> String {
    seconds == 300 ? "5m" : "\(seconds)s"
  }
}
