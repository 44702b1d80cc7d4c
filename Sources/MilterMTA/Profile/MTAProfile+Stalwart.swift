import MilterCore

extension MTAProfile {
  /// Stalwart with its default settings: it asks filters when all of a message has arrived.
  ///
  /// It was not compared with a running Stalwart: its behavior is that of its source of 2026. See
  /// ``Dialect/stalwart``. Stalwart has a connection for each message; the simulation can play several on one.
  public static let stalwart = libmilterReference.named("stalwart") {
    $0.dialect = .stalwart
    $0.offer = .init(actions: .all.subtracting(.setsymlist), steps: [.nohelo, .noeoh])
    $0.aborts = .never
    $0.afterClientVerdict = .close
    $0.reusesConnections = false
    $0.macros = stalwartMacros
    $0.changes.interruptedBodiesFail = false
    $0.changes.badArgument = .dropped
    $0.replies.reject = "503 5.5.3 Message rejected."
    $0.replies.tempfail = "451 4.3.5 Unable to accept message at this time."
    $0.replies.brokenProtocol = $0.replies.tempfail
    $0.replies.shutdown = "421 4.3.0 Server shutting down."
    $0.replies.lonePercent = .kept
    $0.commandTimeout = .seconds(60)
    $0.contentTimeout = .seconds(60)
  }

  private static let stalwartMacros: Macros = {
    var macros = Macros()
    macros.lists = [
      .connect: "{daemon_name} j {client_addr} {client_port} {client_ptr}",
      .helo: "{cipher} {tls_version}", .envfrom: "{mail_addr} {auth_authen}",
      .envrcpt: "{rcpt_addr}",
    ]
    macros.values["{daemon_name}"] = "Stalwart v0.16.0"
    macros.values["v"] = nil
    macros.unwantedSteps = []
    macros.sendsEmptyPackets = true
    macros.forgetsRecipients = true
    macros.lowercasesAddresses = true
    return macros
  }()

  /// The protocol as an MTA speaks it.
  public enum Dialect: Hashable, Sendable {
    /// All of it, as Postfix and Sendmail do.
    case complete
    /// The part that Stalwart speaks.
    ///
    /// - The filter's answer to the offer is not checked. The end of the header is sent even if the filter
    ///   agreed to do without it, and its reply is awaited. A filter that wants no body gets no end of the
    ///   message.
    /// - Addresses come in small letters and without arguments, unknown commands and refused recipients do
    ///   not come. Header values have CR LF in them, and no white space at both ends; one that is not UTF-8
    ///   comes empty. The body begins with the header and an empty line.
    /// - Accept before the end of the message is continue. Any other verdict is about the message, and the
    ///   client reads it at the message's end; so is a verdict about one recipient or about the client.
    /// - A sign of life at another step than `body` and `eom` breaks the protocol.
    /// - The client reads the lines of a reply as several replies, `%%` as it is, and 421 does not disconnect
    ///   it.
    /// - A new field is put on top, or by `insheader` before the field of its name with that number. A
    ///   quarantine is a field `X-Quarantine`. `delrcpt` needs the address in small letters. A new body that
    ///   is empty has no effect.
    case stalwart
  }
}
