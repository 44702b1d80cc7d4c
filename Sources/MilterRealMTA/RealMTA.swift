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
/// All calls block the calling thread. They throw a ``RealMTAError``, which has a code, describes what happened, and
/// contains the MTA's output. An instance
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
  /// - Throws: ``RealMTAError`` with one of these codes: `notInstalled`, with the text of ``Kind/missing``, if this
  ///   machine cannot start it; `invalidSetting` if a filter's socket is not valid; `ended` if the MTA ends at
  ///   once, with its output; `timedOut`, `programFailed`, or `systemCall` for other failures.
  public convenience init(
    _ kind: Kind, _ settings: Settings = Settings()
  ) throws(RealMTAError) {
    do {
      try self.init(kind, settings, prepare: { _ in })
    } catch {
      throw RealMTAError(error)
    }
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
    guard kind.isInstalled else { throw RealMTAError(.notInstalled, kind.missing) }
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
  /// - Throws: ``RealMTAError`` with the code `notListening` if the MTA does not listen any more, or `timedOut` if it
  ///   sends no greeting within a minute.
  public func connect(from source: String = "127.0.0.1") throws(RealMTAError) -> SMTPClient {
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
  /// - Throws: ``RealMTAError`` with the code `disconnected` if the MTA closes the connection, or `timedOut` if it is
  ///   silent for a minute.
  public func deliver(
    _ message: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"], parameters: String = ""
  ) throws(RealMTAError) -> SMTPDelivery {
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
  /// - Throws: ``RealMTAError`` with the code `disconnected` if the MTA closes the connection, or `timedOut` if it is
  ///   silent for a minute.
  public func deliver(
    _ message: String, from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"], parameters: String = ""
  ) throws(RealMTAError) -> SMTPDelivery {
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
  /// - Throws: ``RealMTAError`` if a filter refuses the message, or it is not in the queue within a minute. The code
  ///   is `refused` for Sendmail, and `timedOut` for Postfix, which refuses it later.
  @discardableResult
  public func submitLocally(
    _ message: [UInt8], from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"]
  ) throws(RealMTAError) -> String {
    try RealMTAError.catching { try instance.submitLocally(message, from: sender, to: recipients) }
  }

  // MARK: - The queue

  /// Returns the queue IDs of all messages in the queue, sorted.
  ///
  /// - Throws: ``RealMTAError`` with the code `programFailed` or `systemCall` if the queue cannot be read.
  public func queueIDs() throws(RealMTAError) -> [String] {
    try RealMTAError.catching { try instance.queueIDs() }
  }

  /// Returns all messages in the queue, in the order of their queue IDs.
  ///
  /// - Throws: The same errors as ``queueIDs()`` and ``message(_:)``.
  public func queue() throws(RealMTAError) -> [QueuedMessage] {
    try queueIDs().map { id throws(RealMTAError) in try message(id) }
  }

  /// Returns one message of the queue.
  ///
  /// A message is in the queue before its client gets the reply with the queue ID.
  ///
  /// - Parameter id: The queue ID, as in ``SMTPDelivery/queueID``.
  /// - Returns: The current message.
  /// - Throws: ``RealMTAError`` with the code `noSuchMessage` if the queue has no such message, or with another code
  ///   if the queue cannot be read.
  public func message(_ id: String) throws(RealMTAError) -> QueuedMessage {
    try RealMTAError.catching { try instance.message(id) }
  }

  /// Returns the header of one message of the queue, which is faster than reading the whole message.
  ///
  /// - Parameter id: The queue ID, as in ``SMTPDelivery/queueID``.
  /// - Returns: The header fields in order, including those that the MTA added.
  /// - Throws: The same errors as ``message(_:)``.
  public func headers(of id: String) throws(RealMTAError) -> [QueuedHeader] {
    try RealMTAError.catching { try instance.headers(of: id) }
  }
}
