import MilterMTA

/// The timeouts of an MTA for a filter, in seconds.
///
/// The lines that `milter config` and `--help` print and the advice of `milter doctor` come from here.
package struct MTATimeouts: Hashable, Sendable {
  /// The number of seconds by which the MTA's timeouts exceed the filter's own limits, so that the answer
  /// arrives in time.
  package static let margin = 10
  /// Sendmail's default timeout for a connection, in seconds.
  private static let sendmailConnect = seconds(MTAProfile.sendmail.connectTimeout)

  /// The timeout for a connection and the first answer.
  package let connect = seconds(MTAProfile.postfix.connectTimeout)
  /// The timeout for the reply to a command; Sendmail's default is only 10 seconds.
  package let reply: Int
  /// The timeout for the reply to the end of the message.
  package let end: Int

  /// Creates timeouts that suit a filter.
  ///
  /// - Parameters:
  ///   - answerTime: The time that the MTA must wait for a reply. Postfix's default is the minimum.
  ///   - endTime: The time that the MTA must wait at the end of a message; `nil` for the same time.
  package init(answerTime: Int = 0, endTime: Int? = nil) {
    reply = max(Self.seconds(MTAProfile.postfix.commandTimeout), answerTime)
    end = max(Self.seconds(MTAProfile.postfix.contentTimeout), endTime ?? answerTime)
  }

  /// The timeouts in the notation of `T=` in Sendmail's configuration.
  package var sendmail: String {
    "C:\(Self.text(Self.sendmailConnect));S:30s;R:\(reply)s;E:\(Self.text(end))"
  }

  /// The timeouts as parameters of Postfix, whose names begin with `milter_`.
  package var postfix: [(name: String, value: String)] {
    [
      ("milter_connect_timeout", "\(connect)s"), ("milter_command_timeout", "\(reply)s"),
      ("milter_content_timeout", "\(end)s"),
    ]
  }

  private static func seconds(_ time: Duration) -> Int { Int(time.components.seconds) }

  private static func text(_ seconds: Int) -> String {
    seconds == 300 ? "5m" : "\(seconds)s"
  }
}
