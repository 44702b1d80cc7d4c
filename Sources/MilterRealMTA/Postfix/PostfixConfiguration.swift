import MilterKit

/// The two configuration files of a private Postfix.
struct PostfixConfiguration {
  /// The settings that differ from the defaults.
  let settings: RealMTA.Settings
  /// The instance's directory.
  let directory: String

  private let filters: String
  private let localFilters: String

  /// Creates the configuration of an instance in a directory.
  ///
  /// - Throws: An error if a filter's socket is not valid.
  init(settings: RealMTA.Settings, directory: String) throws {
    self.settings = settings
    self.directory = directory
    filters = try Self.list(settings.filters, in: directory)
    localFilters = try Self.list(settings.localFilters, in: directory)
  }

  private static func list(_ sockets: [String], in directory: String) throws -> String {
    try sockets.map { try MTASocket($0).postfix(queueDirectory: "\(directory)/queue") }
      .joined(separator: ", ")
  }

  /// The text of main.cf.
  var main: String {
    let rejected = settings.rejectedRecipients
      .map { "{ \($0) = 550 5.1.1 no such user }" }.joined(separator: ", ")
    var lines = [
      "compatibility_level = 3.6",
      "queue_directory = \(directory)/queue",
      "data_directory = \(directory)/data",
      "command_directory = /usr/sbin",
      "daemon_directory = /usr/lib/postfix/sbin",
      "mail_owner = postfix",
      "setgid_group = postdrop",
      "maillog_file_prefixes = \(directory)",
      "maillog_file = \(directory)/maillog",
      "myhostname = postfix.example.org",
      "mydestination =",
      "local_recipient_maps =",
      "alias_maps =",
      "inet_interfaces = 127.0.0.1",
      "inet_protocols = ipv4",
      "mynetworks = 127.0.0.0/8",
      "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination",
      // Local clients must not get added or rewritten header fields.
      "local_header_rewrite_clients =",
      "message_size_limit = \(settings.messageSizeLimit)",
      "mailbox_size_limit = 0",
      "virtual_mailbox_limit = 0",
      // No pauses for errors of clients, or because there is no queue manager.
      "smtpd_error_sleep_time = 0",
      "smtpd_soft_error_limit = 1000",
      "smtpd_hard_error_limit = 1000",
      "in_flow_delay = 0",
      "smtpd_milters = \(filters)",
      "non_smtpd_milters = \(localFilters)",
      "milter_default_action = \(settings.tempfailsOnFilterFailure ? "tempfail" : "accept")",
    ]
    let checks = rejected.isEmpty ? "" : "check_recipient_access inline:{ \(rejected) }, "
    lines.append(
      "smtpd_recipient_restrictions = \(checks)permit_mynetworks, reject_unauth_destination")
    for (name, timeout) in [
      ("connect", settings.connectTimeout), ("command", settings.commandTimeout),
      ("content", settings.contentTimeout),
    ] {
      if let timeout { lines.append("milter_\(name)_timeout = \(timeout.components.seconds)s") }
    }
    return (lines + settings.postfixLines).joined(separator: "\n") + "\n"
  }

  /// Returns the text of master.cf: only services that receive mail, and none that deliver it.
  func master(port: UInt16) -> String {
    """
    127.0.0.1:\(port) inet n - n - 100 smtpd \(settings.postfixOptions)
    pickup   unix n - n 1 1 pickup
    cleanup  unix n - n - 0 cleanup
    rewrite  unix - - n - - trivial-rewrite
    bounce   unix - - n - 0 bounce
    defer    unix - - n - 0 bounce
    trace    unix - - n - 0 bounce
    proxymap unix - - n - - proxymap
    anvil    unix - - n - 1 anvil
    showq    unix n - n - - showq
    tlsmgr   unix - - n 1000? 1 tlsmgr
    postlog  unix-dgram n - n - 1 postlogd

    """
  }
}
