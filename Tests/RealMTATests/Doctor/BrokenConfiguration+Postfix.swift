import MilterKit

extension BrokenConfiguration {
  private static let right = "smtpd_milters = inet:127.0.0.1:PORT"
  private static let unix = "smtpd_milters = unix:PATH"

  /// Lists of filters in Postfix's configuration.
  static let postfixLists: [Self] = [
    .init("a port", right, finding: nil, fate: .filtered),
    .init(
      "no filter", "smtpd_milters =", finding: "error: the daemon 127.0.0.1:", fate: .unfiltered),
    .init(
      "a parameter that does not exist", "smtpd_milter = inet:127.0.0.1:PORT",
      finding: "it is not in smtpd_milters\n  why: smtpd_milters is empty\n", fate: .unfiltered),
    .init(
      "a list that is not defined", "smtpd_milters = $filters",
      finding: "why: smtpd_milters is empty\n", fate: .unfiltered),
    .init(
      "a later line", right, "smtpd_milters =", finding: "does not use the filter",
      fate: .unfiltered),
    .init(
      "a comment", "smtpd_milters =\n  # inet:127.0.0.1:PORT", finding: "does not use the filter",
      fate: .unfiltered),
    .init(
      "a ternary that takes the filter away", "smtpd_milters = ${y?{}:{inet:127.0.0.1:PORT}}",
      "y = yes", finding: "does not use the filter", fate: .unfiltered),
    .init(
      "another port", "smtpd_milters = inet:127.0.0.1:1",
      finding: "why: that has only inet:127.0.0.1:1\n", fate: .deferred),
    .init(
      "a port that is too large", "smtpd_milters = inet:127.0.0.1:99999",
      finding: "error: smtpd_milters of 127.0.0.1:", fate: .deferred),
    .init(
      "another address", "smtpd_milters = inet:127.0.0.2:PORT", finding: "is another address",
      fate: .deferred),
    .init(
      "IPv6", "smtpd_milters = inet:[::1]:PORT", finding: "is another address", fate: .deferred),
    .init(
      "Sendmail's notation", "smtpd_milters = inet:PORT@127.0.0.1",
      finding: "that is Sendmail's notation", fate: .dead),
    .init(
      "no scheme", "smtpd_milters = 127.0.0.1:PORT", finding: "Postfix cannot read that",
      fate: .deferred),
    .init(
      "a scheme in capitals", "smtpd_milters = INET:127.0.0.1:PORT", finding: "has \"INET:",
      fate: .deferred),
    .init(
      "a setting without braces", "\(right), default_action=accept",
      finding: "outside of braces a setting is taken for a filter", fate: .deferred),
    .init(
      "a typo in braces", "smtpd_milters = { inet:127.0.0.1:PORT, default_acton=accept }",
      finding: "fix: write default_action=accept\n", fate: .dead),
    .init(
      "a bad time in braces", "smtpd_milters = { inet:127.0.0.1:PORT, connect_timeout=30S }",
      finding: "bad time value or unit: 30S", fate: .dead),
    .init(
      "braces that stay open", "smtpd_milters = {inet:127.0.0.1:PORT, default_action=accept",
      finding: "missing '}'", fate: .dead),
    .init(
      "a list that contains itself", "smtpd_milters = $smtpd_milters inet:127.0.0.1:PORT",
      finding: "$smtpd_milters refers to itself", fate: .dead),
  ]

  /// Other settings of Postfix.
  static let postfixSettings: [Self] = [
    .init(
      "a time without a number", right, "milter_connect_timeout = soon", finding: "is \"soon\"",
      fate: .dead),
    .init("no time", right, "milter_command_timeout = 0", finding: "is \"0\"", fate: .dead),
    .init(
      "a unit in capitals", right, "milter_content_timeout = 5M", finding: "is \"5M\"", fate: .dead),
    .init(
      "a protocol that does not exist", right, "milter_protocol = 5",
      finding: "milter_protocol is \"5\"", fate: .deferred),
    .init(
      "two protocols", right, "milter_protocol = 6, 3", finding: "milter_protocol is \"6, 3\"",
      fate: .deferred),
    .init(
      "shutdown where Postfix does not know it", right, "milter_default_action = shutdown",
      filter: .ending, finding: nil, fate: .disconnected
    ).with(\.finding) { $0.knowsShutdown ? nil : "error: milter_default_action is shutdown" }
      .with(\.fate) { $0.knowsShutdown ? .disconnected : .deferred },
    .init(
      "an action that does not exist", right, "milter_default_action = defer", filter: .ending,
      finding: "Postfix does not know that action", fate: .deferred),
    .init(
      "accept while the filter is down", right, "milter_default_action = accept", filter: .ending,
      finding: "warning: milter_default_action is accept", fate: .unfiltered),
    .init(
      "reject while the filter is down", right, "milter_default_action = reject", filter: .ending,
      finding: "warning: milter_default_action is reject", fate: .refused),
    .init(
      "no_milters", right, "receive_override_options = no_address_mappings, no_milters",
      finding: "receive_override_options has no_milters", fate: .unfiltered),
    .init(
      "a map that takes the filter from a client", right,
      "smtpd_milter_maps = inline:{127.0.0.1=DISABLE}",
      finding: "does not ask the filter about mail from 127.0.0.1", fate: .unfiltered),
    .init(
      "a map that takes the filter from all clients", right, "smtpd_milter_maps = static:DISABLE",
      finding: "about mail from any client", fate: .unfiltered),
    .init(
      "a line without a value", right, "milter_default_action tempfail",
      finding: "missing '=' after attribute name", fate: .notStarted),
  ]

  /// Services of Postfix.
  static let postfixServices: [Self] = [
    .init(
      "a service without filters", right, options: "-o smtpd_milters=",
      finding: "smtpd_milters is empty in master.cf", fate: .unfiltered),
    .init(
      "a service with another filter", right, options: "-o smtpd_milters=inet:127.0.0.1:1",
      finding: "that has only inet:127.0.0.1:1", fate: .deferred),
    .init(
      "no_milters of a service", right, options: "-o receive_override_options=no_milters",
      finding: "receive_override_options has no_milters", fate: .unfiltered),
    .init(
      "a service's option with blanks", right, options: "-o milter_protocol = 6",
      finding: "does not start with it", fate: .dead),
    .init(
      "a service that accepts while the filter is down", right,
      options: "-o milter_default_action=accept", filter: .ending,
      finding: "warning: milter_default_action of", fate: .unfiltered),
    .init(
      "a service line that lacks a field", right, finding: "a service has eight fields",
      fate: .notStarted
    ).with(\.edits, [("anvil    unix - - n - 1 anvil", "anvil    unix - - n - 1")]),
    .init(
      "pickup with no_milters", right, "non_smtpd_milters = $smtpd_milters",
      finding: "warning: receive_override_options of pickup unix has no_milters", fate: .unfiltered
    ).with(\.edits, [("1 pickup", "1 pickup -o receive_override_options=no_milters")])
      .with(\.isLocal, true),
    .init(
      "a content filter before the queue", right,
      options: "-o smtpd_proxy_filter=127.0.0.1:OTHER\n127.0.0.1:OTHER inet n - n - 10 smtpd "
        + "-o smtpd_milters=", finding: "does not show the filter what messages contain",
      fate: .unfiltered),
    .init(
      "a content filter before the queue, and the filter after it", right,
      options: "-o smtpd_proxy_filter=127.0.0.1:OTHER\n127.0.0.1:OTHER inet n - n - 10 smtpd",
      finding: nil, fate: .filtered),
    .init(
      "mail that programs submit", right, "non_smtpd_milters = $smtpd_milters", finding: nil,
      fate: .filtered
    ).with(\.isLocal, true),
  ]

  /// States of the filter's socket.
  static let postfixFilters: [Self] = [
    .init("a socket", unix, filter: .socket(mode: 0o666), finding: nil, fate: .filtered),
    .init(
      "a link to a socket", unix, filter: .link(isSymbolic: true), finding: nil, fate: .filtered),
    .init(
      "a socket in the queue directory", "smtpd_milters = unix:filter/socket",
      filter: .socket(mode: 0o666), finding: nil, fate: .filtered
    ).with(\.isInQueue, true),
    .init(
      "a socket in the queue directory of a chrooted service",
      "smtpd_milters = unix:/filter/socket", filter: .socket(mode: 0o666), finding: nil,
      fate: .filtered
    ).with(\.isInQueue, true).with(\.edits, [("inet n - n - 100", "inet n - y - 100")]),
    .init(
      "a socket outside of a chroot", unix, filter: .socket(mode: 0o666),
      finding: "looks for the filter at", fate: .deferred
    ).with(\.edits, [("inet n - n - 100", "inet n - y - 100")]),
    .init(
      "a path without its first slash", "smtpd_milters = unix:filter/socket",
      filter: .socket(mode: 0o666), finding: "that has only unix:filter/socket", fate: .deferred),
    .init(
      "a socket that Postfix may not write to", unix, filter: .socket(mode: 0o700),
      finding: "the MTA's user postfix cannot write to", fate: .deferred),
    .init(
      "a directory that Postfix may not enter", unix, filter: .socket(mode: 0o666),
      finding: "the MTA's user postfix cannot enter", fate: .deferred
    ).with(\.directoryMode, 0o700),
    .init(
      "a filter that has ended", right, filter: .nobody, finding: "error: nobody listens on",
      fate: .deferred),
    .init(
      "a stale socket", unix, filter: .staleSocket, finding: "is a stale socket", fate: .deferred),
    .init("a file", unix, filter: .file, finding: "is not a socket", fate: .deferred),
    .init("no socket", unix, filter: .nothing, finding: "why: there is no ", fate: .deferred),
    .init(
      "an SMTP server", right,
      filter: .peer(.init(greeting: Array("220 mx.example.org ESMTP\r\n".utf8))),
      finding: "that looks like an SMTP server", fate: .deferred),
    .init(
      "a web server", right,
      filter: .peer(.init(answer: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), closes: true)),
      finding: "that looks like a web server", fate: .deferred),
    .init(
      "a program that hangs up", right, filter: .peer(.init(closes: true)),
      finding: "closes the connection instead of negotiating", fate: .deferred),
    .init(
      "a program that says nothing", right, "milter_command_timeout = 1s", filter: .peer(.init()),
      finding: "says nothing", fate: .deferred),
    .init(
      "a filter that wants a step that does not exist", right,
      filter: .peer(.filter(version: 6, actions: 1, steps: 0x800000)), finding: "nothing is wrong",
      fate: .filtered),
    .init(
      "a filter that wants a newer protocol", right, "milter_protocol = 2",
      filter: .peer(.filter(version: 6, actions: 1, steps: 0)),
      finding: "the filter wants protocol version 6, the MTA offers 2", fate: .deferred),
    .init(
      "a filter that wants an action that does not exist", right,
      filter: .peer(.filter(version: 6, actions: 0x1000, steps: 0)),
      finding: "the filter wants actions that the MTA does not offer", fate: .deferred),
    .init(
      "a filter that takes longer than Postfix waits", right, "milter_command_timeout = 1s",
      filter: .silent(.envfrom),
      finding: "error: milter_command_timeout is 1 s, and the filter may take 60 s", fate: .deferred
    ).with(\.arguments, ["--answer-time", "60"]),
    .init(
      "a filter that takes longer for the content", right, "milter_content_timeout = 1s",
      filter: .silent(.eom),
      finding: "error: milter_content_timeout is 1 s, and the filter may take 60 s", fate: .deferred
    ).with(\.arguments, ["--answer-time", "60"]),
  ]
}
