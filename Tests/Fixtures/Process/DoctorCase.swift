/// A configuration of Postfix, and the expected verdict of the doctor.
///
/// The filter listens on 127.0.0.1; its port is written as `PORT`.
package struct DoctorCase: Sendable, CustomStringConvertible {
  /// The verdict on a configuration.
  package enum Verdict: Sendable {
    /// Postfix asks the filter.
    case well
    /// Postfix asks the filter, but not always, or with too short a timeout.
    case warning
    /// Postfix does not ask the filter, or does not run.
    case error
  }

  package let description: String
  /// The lines of `main.cf`.
  package let main: String
  /// The options after `smtpd` on the line of `smtp inet`.
  package let options: String
  /// Further lines of `master.cf`.
  package let master: String
  package let verdict: Verdict
  /// A part of the doctor's output.
  package let words: String

  private init(
    _ description: String, _ main: String, options: String = "", master: String = "",
    _ verdict: Verdict, _ words: String
  ) {
    self.description = description
    self.main = main
    self.options = options
    self.master = master
    self.verdict = verdict
    self.words = words
  }

  private static let filter = "smtpd_milters = inet:127.0.0.1:PORT"

  package static let all: [Self] = [
    .init("plain", filter, .well, "nothing is wrong"),
    .init("a port alone", "smtpd_milters = inet:PORT", .well, "nothing is wrong"),
    .init("localhost", "smtpd_milters = inet:localhost:PORT", .well, "nothing is wrong"),
    .init("brackets", "smtpd_milters = inet:[127.0.0.1]:PORT", .well, "nothing is wrong"),
    .init(
      "a ternary", "smtpd_milters = ${x?{inet:127.0.0.1:1}:{$y}}\ny = inet:127.0.0.1:PORT", .well,
      "nothing is wrong"),
    .init(
      "an old ternary", "smtpd_milters = ${y?$y}${x:}\ny = inet:127.0.0.1:PORT\nx =", .well,
      "nothing is wrong"),
    .init(
      "a comparison", "smtpd_milters = ${{$y} == {yes}?{inet:127.0.0.1:PORT}:{}}\ny = yes", .well,
      "nothing is wrong"),
    .init(
      "a ternary that takes it away",
      "smtpd_milters = ${y?{}:{inet:127.0.0.1:PORT}}\ny = yes", .error, "smtpd_milters is empty"),
    .init(
      "comments in a continued line",
      "smtpd_milters =\n# inet:127.0.0.1:1\n\n  # another\n  inet:127.0.0.1:PORT", .well,
      "nothing is wrong"),
    .init("the last line counts", "\(filter)\nsmtpd_milters =", .error, "does not use the filter"),
    .init("an invalid time", "\(filter)\nmilter_connect_timeout = abc", .error, "is \"abc\""),
    .init("no time", "\(filter)\nmilter_command_timeout = 0", .error, "is \"0\""),
    .init("a capital unit", "\(filter)\nmilter_content_timeout = 5M", .error, "is \"5M\""),
    .init("a blank in a time", "\(filter)\nmilter_content_timeout = 300 s", .error, "\"300 s\""),
    .init(
      "a time that is too long", "\(filter)\nmilter_content_timeout = 99999999999s", .error,
      "\"99999999999s\""),
    .init(
      "another service's time", "\(filter)\nmilter_command_timeout = x",
      options: "-o milter_command_timeout=30s", .error, "is \"x\""),
    .init(
      "self-reference", "smtpd_milters = $smtpd_milters inet:127.0.0.1:PORT", .error,
      "$smtpd_milters refers to itself"),
    .init(
      "references in a circle", "a = $b $b\nb = $a $a\nsmtpd_milters = $a", .error,
      "refers to itself"),
    .init("a dollar sign alone", "\(filter) $", .error, "Postfix cannot evaluate"),
    .init("an open brace", "smtpd_milters = ${a", .error, "Postfix cannot evaluate"),
    .init(
      "a typo in braces", "smtpd_milters = { inet:127.0.0.1:PORT, default_acton=accept }", .error,
      "fix: write default_action=accept"),
    .init(
      "a bad time in braces", "smtpd_milters = { inet:127.0.0.1:PORT, connect_timeout=30S }",
      .error, "bad time value or unit: 30S"),
    .init(
      "blanks in braces", "smtpd_milters = { inet:127.0.0.1:PORT, connect_timeout = 30s }", .error,
      "missing '='"),
    .init(
      "braces in braces",
      "smtpd_milters = { inet:127.0.0.1:PORT, { default_action = accept } protocol=6 }", .warning,
      "default_action of inet:127.0.0.1:"),
    .init("nothing in braces", "smtpd_milters = { }", .error, "empty milter definition"),
    .init(
      "braces that stay open", "smtpd_milters = {inet:127.0.0.1:PORT, default_action=accept",
      .error,
      "missing '}'"),
    .init(
      "settings in braces",
      "smtpd_milters = {inet:127.0.0.1:PORT, default_action=accept, connect_timeout=60s protocol=2}",
      .warning, "protocol of inet:127.0.0.1:"),
    .init(
      "braces against the service's values",
      "smtpd_milters = {inet:127.0.0.1:PORT, default_action=tempfail, command_timeout=30s}",
      options: "-o milter_default_action=accept -o milter_command_timeout=1s", .well,
      "nothing is wrong"),
    .init(
      "a setting without braces", "\(filter), default_action=accept", .error,
      "taken for a filter"),
    .init(
      "Sendmail's notation", "smtpd_milters = inet:PORT@127.0.0.1", .error,
      "fix: write inet:127.0.0.1:"),
    .init("no scheme", "smtpd_milters = 127.0.0.1:PORT", .error, "has \"127.0.0.1:"),
    .init("a capital scheme", "smtpd_milters = INET:127.0.0.1:PORT", .error, "has \"INET:"),
    .init(
      "a semicolon in the list", "smtpd_milters = inet:127.0.0.1:PORT;inet:127.0.0.1:PORT", .error,
      "cannot read that"),
    .init(
      "an unknown version", "\(filter)\nmilter_protocol = 5", .error, "milter_protocol is \"5\""),
    .init(
      "two versions", "\(filter)\nmilter_protocol = 6, 3", .error, "milter_protocol is \"6, 3\""),
    .init(
      "a version with a flag", "\(filter)\nmilter_protocol = 6 no_header_reply", .well,
      "nothing is wrong"),
    .init("IPv6", "smtpd_milters = inet:[::1]:PORT", .error, "is another address"),
    .init(
      "IPv6 only", filter, options: "-o inet_protocols=ipv6", .error,
      "inet_protocols lets Postfix use IPv6 only"),
    .init(
      "overridden", filter,
      options: "-o milter_default_action=accept -o milter_command_timeout=29s",
      .warning, "milter_default_action of"),
    .init(
      "overridden in braces", filter, options: "-o { milter_default_action = accept }", .warning,
      "milter_default_action of"),
    .init(
      "overridden without a blank", filter, options: "-v -osmtpd_milters=", .error,
      "smtpd_milters is empty in master.cf"),
    .init(
      "overridden after a flag", filter, options: "-vo smtpd_milters=inet:127.0.0.1:1", .error,
      "that has only inet:127.0.0.1:1"),
    .init(
      "overridden by a list", filter,
      options: "-o smtpd_milters=inet:127.0.0.1:PORT,inet:127.0.0.1:PORT",
      .well, "nothing is wrong"),
    .init(
      "overridden by what main.cf has", "list = inet:127.0.0.1:PORT",
      options: "-o smtpd_milters=$list",
      .well, "nothing is wrong"),
    .init(
      "a value that an override changes", "\(filter)$x", options: "-o x=1", .error,
      "does not use the filter"),
    .init(
      "an override with blanks", filter, options: "-o smtpd_milters = inet:127.0.0.1:1", .error,
      "does not start with it"),
    .init(
      "an override that has no effect", filter, options: "-o{smtpd_milters=}", .warning,
      "has no effect"),
    .init(
      "no_milters", filter, options: "-o receive_override_options=no_milters", .error,
      "receive_override_options has no_milters"),
    .init(
      "no_milters for all", "\(filter)\nreceive_override_options = no_address_mappings, no_milters",
      .error, "in main.cf"),
    .init(
      "a client without filters", "\(filter)\nsmtpd_milter_maps = inline:{127.0.0.1=DISABLE}",
      .error, "does not ask the filter about mail from 127.0.0.1"),
    .init(
      "clients without filters", "\(filter)\nsmtpd_milter_maps = static:DISABLE", .error,
      "about mail from any client"),
    .init(
      "a client with the filter",
      "smtpd_milters = inet:127.0.0.1:PORT\n"
        + "smtpd_milter_maps = inline:{ { 127.0.0.1 = inet:127.0.0.1:PORT } }", .well,
      "nothing is wrong"),
    .init(
      "a port where mail comes back", filter,
      master: "127.0.0.1:10025 inet n - n - - smtpd\n"
        + "  -o smtpd_milters=\n", .well, "nothing is wrong\n"),
    .init(
      "an invalid socket for local mail",
      "\(filter)\nnon_smtpd_milters = inet:PORT@127.0.0.1", .error,
      "non_smtpd_milters has \"inet:"),
  ]
}
