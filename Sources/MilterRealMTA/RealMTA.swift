import MilterProcesses

/// A real mail server that is started for one test and keeps all mail in its queue.
///
/// A private instance of Postfix or Sendmail listens on a free port of 127.0.0.1, asks the filters of its
/// ``Settings`` and delivers nothing. ``deliver(_:from:to:parameters:)-(String,_,_,_)`` sends it a message by SMTP,
/// ``connect(from:)`` gives a client for single commands; replies and queued messages are values:
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
/// All its calls wait on the calling thread. The errors they throw describe what happened and contain the
/// MTA's output. An instance needs a second to start and root's rights; it ends with
/// ``stop()``, with this object, or with the process, however that ends. Its files lie in a directory of
/// its own below `/run`; an MTA that the machine runs is left alone.
public final class RealMTA {
  /// The mail server.
  public let kind: Kind
  package let instance: any MTAInstance

  /// Starts a private instance and returns when it accepts connections.
  ///
  /// - Parameters:
  ///   - kind: The mail server.
  ///   - settings: Its filters, and what else differs from an MTA without any.
  /// - Throws: An error with the text of ``Kind/missing`` if this machine cannot start it; another one if
  ///   a filter's socket cannot be read, or if the MTA ends at once, with what it printed.
  public init(_ kind: Kind, _ settings: Settings = Settings()) throws {
    guard kind.isInstalled else { throw HarnessError(kind.missing) }
    self.kind = kind
    instance = try kind.start(settings)
  }

  /// The SMTP port on 127.0.0.1.
  public var port: UInt16 { instance.port }

  /// Returns the MTA's log so far, except messages to the system's log.
  ///
  /// Postfix has its whole log here. Sendmail has what it prints, with the trace that
  /// ``Settings/sendmailArguments`` ask for.
  public func log() -> String { instance.log() }

  /// Ends all its processes and deletes its files.
  ///
  /// Further calls do nothing.
  public func stop() { instance.stop() }

  // MARK: - Sending

  /// Connects a client, which reads the greeting and has not sent EHLO yet.
  ///
  /// - Parameter source: The loopback address the client comes from, such as `127.0.0.7`.
  /// - Returns: The client.
  /// - Throws: An error if the MTA does not listen any more, or sends no greeting within a minute.
  public func connect(from source: String = "127.0.0.1") throws -> SMTPClient {
    try SMTPClient(port: port, from: source)
  }

  /// Offers one message in a session of its own.
  ///
  /// - Parameters:
  ///   - message: Header and body; the lines end with CR LF.
  ///   - sender: The address for MAIL, without angle brackets; empty for the null sender.
  ///   - recipients: The addresses for RCPT; what follows a space are parameters, as in
  ///     `joe@example.org NOTIFY=NEVER`.
  ///   - parameters: What follows the address in MAIL, such as `BODY=8BITMIME`.
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

  /// Offers one message, given as text, in a session of its own.
  ///
  /// - Parameters:
  ///   - message: Header and body; the lines end with LF or CR LF.
  ///   - sender: The address for MAIL, without angle brackets; empty for the null sender.
  ///   - recipients: The addresses for RCPT, with parameters after a space.
  ///   - parameters: What follows the address in MAIL.
  /// - Returns: The replies, up to the one that ended the message.
  /// - Throws: An error if the MTA closes the connection, or is silent for a minute.
  public func deliver(
    _ message: String, from sender: String = "sender@from.example",
    to recipients: [String] = ["rcpt@to.example"], parameters: String = ""
  ) throws -> SMTPDelivery {
    try deliver(
      Array(message.utf8).withCRLF, from: sender, to: recipients, parameters: parameters)
  }

  /// Submits a message as a program of the machine does.
  ///
  /// Postfix takes it from its `sendmail` command and asks ``Settings/localFilters``. Sendmail takes it
  /// by SMTP on standard input (`sendmail -bs`) and asks ``Settings/filters``.
  ///
  /// - Parameters:
  ///   - message: Header and body; the lines end with LF.
  ///   - sender: The address of the sender.
  ///   - recipients: The addresses of the recipients.
  /// - Returns: The queue ID of the message.
  /// - Throws: An error if the message is not in the queue within a minute, as when a filter refuses it.
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

  /// One message of the queue.
  ///
  /// A message is in the queue before its client has the reply with the queue ID.
  ///
  /// - Parameter id: The queue ID, as in ``SMTPDelivery/queueID``.
  /// - Returns: The message as it is now.
  /// - Throws: An error if the queue has no such message.
  public func message(_ id: String) throws -> QueuedMessage { try instance.message(id) }

  /// The header of one message of the queue, which takes less work than all of the message.
  ///
  /// - Parameter id: The queue ID, as in ``SMTPDelivery/queueID``.
  /// - Returns: The header fields in order, with those the MTA added.
  /// - Throws: An error if the queue has no such message.
  public func headers(of id: String) throws -> [QueuedHeader] { try instance.headers(of: id) }
}
