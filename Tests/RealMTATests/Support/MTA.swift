/// A real mail server, started by a test for itself alone, that keeps all mail in its queue.
protocol MTA: AnyObject {
  /// Which one this is.
  static var kind: MTAKind { get }

  /// Starts a private instance and returns when it accepts connections.
  init(_ settings: MTASettings) throws

  /// The SMTP port on 127.0.0.1.
  var port: UInt16 { get }

  /// The names of all messages in the queue, sorted.
  func queueIDs() throws -> [String]

  /// One message of the queue.
  func message(_ id: String) throws -> QueuedMessage

  /// The header of a message of the queue: less work than all of it, where there are many.
  func headers(of id: String) throws -> [QueuedHeader]

  /// What the MTA logged so far, as far as it logs to anything but the system's log.
  func log() -> String

  /// Ends all its processes and deletes its files; harmless when that is done already.
  func stop()
}

extension MTA {
  /// Which one this is.
  var kind: MTAKind { Self.kind }

  /// Connects a client that has not said EHLO yet.
  func connect(from source: String = "127.0.0.1") throws -> SMTPClient {
    try SMTPClient(port: port, from: source)
  }

  /// All messages in the queue.
  func queue() throws -> [QueuedMessage] {
    try queueIDs().map { try message($0) }
  }

  /// Offers one message in a session of its own.
  func deliver(
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
}
