import MilterProcesses

/// A real mail server that is started for a test and keeps all mail in its queue.
///
/// A private instance of Postfix or Sendmail listens on a free port of 127.0.0.1, uses the filters of its
/// ``Settings``, and delivers no mail. ``deliver(_:from:to:parameters:)-(String,_,_,_)`` sends a message by
/// SMTP, and ``connect(from:)`` returns a client for single commands. Replies and queued messages are values:
///
/// ```swift
/// import MilterKit
/// import MilterRealMTA
///
/// func stampsMail(_ makeFilter: @escaping @Sendable () -> Milter) throws {
///   let server = try MilterServer(sockets: ["inet:0@127.0.0.1"], makeMilter: makeFilter)
///   try server.start()
///   defer { server.stop() }
///   let mta = try RealMTA(.postfix, .init(filters: server.addresses))
///   let delivery = try mta.deliver("Subject: Hello\n\nHello!\n")
///   assert(delivery.final.code == 250)
///   let messages = try mta.queue()
///   assert(messages.first?.values(of: "X-Seen-From") == ["<sender@from.example>"])
/// }
/// ```
///
/// All calls block the calling thread. Errors describe what happened and contain the MTA's output. An instance
/// needs a second to start, and root's rights. It ends with ``stop()``, with this object, or with the process,
/// even if that crashes. Its files are in its own directory below `/run`. It does not affect the machine's own
/// MTA.
public final class RealMTA {
  /// The mail server.
  public let kind: Kind
  package let instance: any MTAInstance

  /// Starts a private instance and waits until it accepts connections.
  ///
  /// - Parameters:
  ///   - kind: The mail server.
  ///   - settings: The filters and other settings.
  /// - Throws: An error with the text of ``Kind/missing`` if this machine cannot start it. Another error if a
  ///   filter's socket is not valid, or if the MTA ends at once, with its output.
  public convenience init(_ kind: Kind, _ settings: Settings = Settings()) throws {
    try self.init(kind, settings, prepare: { _ in })
  }

  /// Starts a private instance whose configuration files a closure may read and change.
  ///
  /// - Parameters:
  ///   - kind: The mail server.
  ///   - settings: The filters and other settings.
  ///   - prepare: Gets the instance's directory with the finished files, `etc/main.cf` and `etc/master.cf` or
  ///     `sendmail.cf`, before the server reads them.
  /// - Throws: As without the closure, and what the closure throws.
  package init(
    _ kind: Kind, _ settings: Settings, prepare: (InstanceDirectory) throws -> Void
  ) throws {
    guard kind.isInstalled else { throw HarnessError(kind.missing) }
    self.kind = kind
    instance = try kind.start(settings, prepare)
  }

  /// The SMTP port on 127.0.0.1.
  public var port: UInt16 { instance.port }

  /// Returns the MTA's log so far, except messages to the system's log.
  ///
  /// For Postfix, this is the whole log. For Sendmail, it is the output, with the trace of
  /// ``Settings/sendmailArguments``.
  public func log() -> String { instance.log() }

  /// Ends all its processes and deletes its files.
  ///
  /// Further calls have no effect.
  public func stop() { instance.stop() }

  // MARK: - Sending

  /// Connects a client, which reads the greeting and does not send EHLO.
  ///
  /// - Parameter source: The client's loopback address, such as `127.0.0.7`.
  /// - Returns: The client.
  /// - Throws: An error if the MTA does not listen any more, or sends no greeting within a minute.
  public func connect(from source: String = "127.0.0.1") throws -> SMTPClient {
    try SMTPClient(port: port, from: source)
  }

  /// Sends a message in a new session.
  ///
  /// - Parameters:
  ///   - message: Header and body, with CR LF at the end of each line.
  ///   - sender: The address for MAIL, without angle brackets; empty for the null sender.
  ///   - recipients: The addresses for RCPT, with optional parameters after a space, as in `joe@example.org
  ///     NOTIFY=NEVER`.
  ///   - parameters: The parameters of MAIL, such as `BODY=8BITMIME`.
  /// - Returns: The replies, up to the one that ended the message.
  /// - Throws: An error if the MTA closes the connection, or is silent for a minute.
  public func deliver(
    _ message: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"], parameters: String = ""
  ) throws -> SMTPDelivery {
    let client = try connect()
    try client.ehlo()
    let delivery = try client.send(
      message: message, from: sender, to: recipients, parameters: parameters)
    try client.quit()
    return delivery
  }

  /// Sends a message, given as text, in a new session.
  ///
  /// - Parameters:
  ///   - message: Header and body, with LF or CR LF at the end of each line.
  ///   - sender: The address for MAIL, without angle brackets; empty for the null sender.
  ///   - recipients: The addresses for RCPT, with parameters after a space.
  ///   - parameters: The parameters of MAIL.
  /// - Returns: The replies, up to the one that ended the message.
  /// - Throws: An error if the MTA closes the connection, or is silent for a minute.
  public func deliver(
    _ message: String, from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"], parameters: String = ""
  ) throws -> SMTPDelivery {
    try deliver(
      Array(message.utf8).withCRLF, from: sender, to: recipients, parameters: parameters)
  }

  /// Submits a message as a local program does.
  ///
  /// Postfix gets it from its `sendmail` command and uses ``Settings/localFilters``. Sendmail gets it by SMTP
  /// on standard input (`sendmail -bs`) and uses ``Settings/filters``.
  ///
  /// - Parameters:
  ///   - message: Header and body, with LF at the end of each line.
  ///   - sender: The address of the sender.
  ///   - recipients: The addresses of the recipients.
  /// - Returns: The queue ID of the message.
  /// - Throws: An error if the message is not in the queue within a minute, for example because a filter
  ///   refuses it.
  @discardableResult
  public func submitLocally(
    _ message: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"]
  ) throws -> String {
    try instance.submitLocally(message, from: sender, to: recipients)
  }

  // MARK: - The queue

  /// The queue IDs of all messages in the queue, sorted.
  public func queueIDs() throws -> [String] { try instance.queueIDs() }

  /// All messages in the queue, in the order of their queue IDs.
  public func queue() throws -> [QueuedMessage] { try queueIDs().map { try message($0) } }

  /// Returns one message of the queue.
  ///
  /// A message is in the queue before its client gets the reply with the queue ID.
  ///
  /// - Parameter id: The queue ID, as in ``SMTPDelivery/queueID``.
  /// - Returns: The current message.
  /// - Throws: An error if the queue has no such message.
  public func message(_ id: String) throws -> QueuedMessage { try instance.message(id) }

  /// Returns the header of one message of the queue, which is faster than reading the whole message.
  ///
  /// - Parameter id: The queue ID, as in ``SMTPDelivery/queueID``.
  /// - Returns: The header fields in order, including those that the MTA added.
  /// - Throws: An error if the queue has no such message.
  public func headers(of id: String) throws -> [QueuedHeader] { try instance.headers(of: id) }
}
