public import MilterCore

extension MTAProfile {
  /// The macros that an MTA sends, and the steps at which it sends them.
  public struct Macros: Hashable, Sendable {
    /// The names that are sent before each step, unless the filter requests others; macros without a value are
    /// left out.
    public var lists: [MilterCallback: String]
    /// The macros that do not depend on a client or message, by name.
    public var values: [String: String]
    /// Whether the queue ID `i` is known only after a recipient was accepted: Postfix then creates its queue
    /// file, Sendmail at MAIL.
    public var queueIDNeedsRecipient = false
    /// Whether the MTA ignores an empty list of the filter, and uses its own list.
    public var ignoresEmptyLists = false
    /// The steps whose macros are sent even if the filter does not want the step itself.
    public var unwantedSteps: MilterCallbacks = [
      .connect, .helo, .envfrom, .envrcpt, .data, .eoh, .eom,
    ]
    /// Whether the packet is also sent if no macro in the list has a value.
    public var sendsEmptyPackets = false
    /// The value of `{mail_mailer}` and `{rcpt_mailer}` for a remote address.
    public var mailer = "esmtp"
    /// Whether `{mail_host}` and `{rcpt_host}` end with a dot.
    public var hostsEndWithDot = false

    /// Whether the macros of a recipient are known only at RCPT.
    public var forgetsRecipients = false
    /// Whether `{mail_addr}` and `{rcpt_addr}` are in lower case.
    public var lowercasesAddresses = false
    /// Whether an address without a host has the mailer `local` and no host.
    ///
    /// Otherwise, it has the MTA's host.
    public var nullSenderIsLocal = true

    /// Creates the macros of the MTA `mx.example.org`, which knows all of them.
    public init() {
      lists = [
        .connect: "j _ v {daemon_name} {daemon_addr} {daemon_port} {if_name} {if_addr} "
          + "{client_addr} {client_name} {client_port} {client_ptr}",
        .helo: "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
        .envfrom: "i {auth_type} {auth_authen} {auth_ssf} {auth_author} "
          + "{mail_mailer} {mail_host} {mail_addr}",
        .envrcpt: "i {rcpt_mailer} {rcpt_host} {rcpt_addr}",
        .data: "i", .eoh: "i", .eom: "i {msg_id}",
      ]
      values = [
        "j": "mx.example.org", "v": "swift-milter", "{daemon_name}": "mx.example.org",
        "{daemon_addr}": "192.0.2.1", "{daemon_port}": "25", "{if_name}": "mx.example.org",
        "{if_addr}": "192.0.2.1",
      ]
    }
  }
}
