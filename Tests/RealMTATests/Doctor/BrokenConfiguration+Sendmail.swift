import MilterKit

extension BrokenConfiguration {
  private static let times = "T=C:2m;S:2m;R:2m;E:5m"
  private static let right = filter("S=inet:PORT@127.0.0.1, F=T, \(times)")
  private static let unix = filter("S=unix:PATH, F=T, \(times)")

  /// Returns a line of `sendmail.mc` for a filter with the name f.
  private static func filter(_ equates: String) -> String {
    "INPUT_MAIL_FILTER(`f', `\(equates)')dnl"
  }

  /// Definitions of a filter in Sendmail's configuration.
  static let sendmailLines: [Self] = [
    .init("a port", right, finding: nil, fate: .filtered),
    .init(
      "another port", filter("S=inet:1@127.0.0.1, F=T, \(times)"),
      finding: "error: Sendmail does not know the filter\n  why: it has only f at inet:1@",
      fate: .deferred),
    .init(
      "another address", filter("S=inet:PORT@127.0.0.2, F=T, \(times)"),
      finding: "that is another address", fate: .deferred),
    .init(
      "IPv6", filter("S=inet6:PORT@::1, F=T, \(times)"), finding: "that is another address",
      fate: .deferred),
    .init(
      "Postfix's notation", filter("S=inet:127.0.0.1:PORT, F=T, \(times)"),
      finding: "that is Postfix's notation", fate: .notStarted),
    .init(
      "no host", filter("S=inet:PORT, F=T, \(times)"), finding: "expected port@host",
      fate: .notStarted),
    .init(
      "an address in brackets", filter("S=inet:PORT@[127.0.0.1], F=T, \(times)"),
      finding: "addresses in brackets", fate: .deferred),
    .init(
      "a scheme that does not exist", filter("S=tcp:PORT@127.0.0.1, F=T, \(times)"),
      finding: "Sendmail knows inet:, inet6:, unix: and local: only", fate: .notStarted),
    .init(
      "blanks in the place of commas", filter("S=inet:PORT@127.0.0.1 F=T"),
      finding: "fields are separated by commas", fate: .notStarted),
    .init(
      "a semicolon in the place of a comma", filter("S=inet:PORT@127.0.0.1; F=T"),
      finding: "fields are separated by commas", fate: .notStarted),
    .init(
      "no socket", filter("F=T, \(times)"), finding: "empty or missing socket information",
      fate: .notStarted),
    .init(
      "a unit in capitals", filter("S=inet:PORT@127.0.0.1, F=T, T=R:1M"), filter: .silent(.envfrom),
      finding: "invalid time \"R:1M\": Sendmail takes it for 1 s", fate: .deferred),
    .init(
      "a time without a colon", filter("S=inet:PORT@127.0.0.1, F=T, T=R30"),
      finding: "`:' expected", fate: .notStarted),
    .init(
      "a timeout that does not exist", filter("S=inet:PORT@127.0.0.1, F=T, T=Q:5s"),
      finding: "unknown filter timeout Q", fate: .notStarted),
    .init(
      "an equate that does not exist", filter("S=inet:PORT@127.0.0.1, F=T, Q=5"),
      finding: "unknown filter equate Q=", fate: .notStarted),
    .init(
      "an equate without its sign", filter("S=inet:PORT@127.0.0.1, F=T, E:5m"),
      finding: "`=' expected", fate: .notStarted),
    .init(
      "no F=", filter("S=inet:PORT@127.0.0.1, \(times)"), filter: .ending,
      finding: "warning: the filter f has no F=", fate: .unfiltered),
    .init(
      "an F= that does not exist", filter("S=inet:PORT@127.0.0.1, F=X, \(times)"), filter: .ending,
      finding: "warning: the filter f has no F=", fate: .unfiltered),
    .init(
      "F=4", filter("S=inet:PORT@127.0.0.1, F=4, \(times)"), filter: .ending, finding: nil,
      fate: .disconnected),
    .init(
      "F=R", filter("S=inet:PORT@127.0.0.1, F=R, \(times)"), filter: .ending,
      finding: "warning: the filter f has F=R", fate: .refused),
  ]

  /// Lists of filters in Sendmail's configuration.
  static let sendmailLists: [Self] = [
    .init(
      "no filter", finding: "its configuration has no filter at all", fate: .unfiltered),
    .init(
      "a filter that is not used",
      "MAIL_FILTER(`f', `S=inet:PORT@127.0.0.1, F=T, \(times)')dnl",
      finding: "error: the filter f is defined and not used", fate: .unfiltered),
    .init(
      "an empty list", right, "define(`confINPUT_MAIL_FILTERS', `')dnl",
      finding: "error: the filter f is defined and not used", fate: .unfiltered),
    .init(
      "a name that is not defined", right, "define(`confINPUT_MAIL_FILTERS', `f,g')dnl",
      finding: "error: InputMailFilters has g", fate: .notStarted),
    .init(
      "names without a comma", right,
      "MAIL_FILTER(`g', `S=inet:PORT@127.0.0.1, F=T, \(times)')dnl",
      "define(`confINPUT_MAIL_FILTERS', `f g')dnl", finding: "error: InputMailFilters has f g",
      fate: .notStarted),
    .init(
      "a name twice", right, right, finding: "the filter f is defined twice", fate: .notStarted),
    .init(
      "a daemon with a list of its own", right,
      "MAIL_FILTER(`g', `S=inet:1@127.0.0.1, \(times)')dnl",
      finding: "error: the filter f is defined and not used", fate: .unfiltered
    ).with(\.edits, [("Name=MTA,", "Name=MTA, InputMailFilters=g,")]),
  ]

  /// States of the filter's socket.
  static let sendmailFilters: [Self] = [
    .init("a socket", unix, filter: .socket(mode: 0o600), finding: nil, fate: .filtered),
    .init(
      "a link to a socket", unix, filter: .link(isSymbolic: true), finding: "is a symbolic link",
      fate: .notStarted),
    .init(
      "a socket with two names", unix, filter: .link(isSymbolic: false),
      finding: "is one of several hard links", fate: .notStarted),
    .init(
      "a socket in the queue directory", filter("S=unix:filter/socket, F=T, \(times)"),
      filter: .socket(mode: 0o666), finding: nil, fate: .filtered
    ).with(\.isInQueue, true),
    .init(
      "a directory that anyone may write to", unix, filter: .socket(mode: 0o600),
      finding: "above the socket is writable for everyone", fate: .notStarted
    ).with(\.directoryMode, 0o777),
    .init(
      "a directory that its group may write to", unix, filter: .socket(mode: 0o600),
      finding: "above the socket is writable for its group", fate: .notStarted
    ).with(\.directoryMode, 0o775),
    .init(
      "a filter that has ended", right, filter: .nobody, finding: "error: nobody listens on",
      fate: .deferred),
    .init(
      "a stale socket", unix, filter: .staleSocket, finding: "is a stale socket", fate: .deferred),
    .init("a file", unix, filter: .file, finding: "is not a socket", fate: .deferred),
    .init("no socket", unix, filter: .nothing, finding: "why: there is no ", fate: .deferred),
    .init(
      "an SMTP server", filter("S=inet:PORT@127.0.0.1, F=T, T=C:1s;S:1s;R:1s;E:5m"),
      filter: .peer(.init(greeting: Array("220 mx.example.org ESMTP\r\n".utf8))),
      finding: "that looks like an SMTP server", fate: .deferred),
    .init(
      "a program that hangs up", right, filter: .peer(.init(closes: true)),
      finding: "closes the connection instead of negotiating", fate: .deferred),
    .init(
      "a program that says nothing",
      filter("S=inet:PORT@127.0.0.1, F=T, T=C:1s;S:1s;R:1s;E:5m"), filter: .peer(.init()),
      finding: "says nothing", fate: .deferred),
    .init(
      "a filter that wants a newer protocol", right,
      filter: .peer(.filter(version: 7, actions: 1, steps: 0)),
      finding: "note: the filter wants protocol version 7", fate: .filtered),
    .init(
      "a filter that wants an action that does not exist", right,
      filter: .peer(.filter(version: 6, actions: 0x1000, steps: 0)),
      finding: "the filter wants actions that the MTA does not offer", fate: .deferred),
    .init(
      "a filter that wants a step that does not exist", right,
      filter: .peer(.filter(version: 6, actions: 1, steps: 0x800000)),
      finding: "the filter wants steps that the MTA does not offer", fate: .deferred),
    .init(
      "a filter that takes longer than Sendmail waits",
      filter("S=inet:PORT@127.0.0.1, F=T, T=C:2m;S:2m;R:1s;E:5m"), filter: .silent(.envfrom),
      finding: "error: T=R of f is 1 s, and the filter may take 60 s", fate: .deferred
    ).with(\.arguments, ["--answer-time", "60"]),
    .init(
      "a filter that takes longer for the content",
      filter("S=inet:PORT@127.0.0.1, F=T, T=C:2m;S:2m;R:2m;E:1s"), filter: .working,
      finding: "error: T=E of f is 1 s, and the filter may take 60 s", fate: .deferred
    ).with(\.arguments, ["--answer-time", "60"]),
  ]
}
