import Glibc
import MilterSystem

/// What a mail server does with a message.
enum MailFate: Hashable, Sendable {
  /// It is accepted, and has the filter's trace.
  case filtered
  /// It is accepted without the filter's trace.
  case unfiltered
  /// The client gets 4xx, and may go on.
  case deferred
  /// The client gets 5xx.
  case refused
  /// The client gets 421, or is disconnected without a reply.
  case disconnected
  /// The client gets no greeting, because the service does not start.
  case dead
  /// The mail server does not start.
  case notStarted

  /// Whether that is what the operator wants: mail is filtered, or the client is sent away while the filter is
  /// down, as by `shutdown` and `F=4`.
  var isMeant: Bool { self == .filtered || self == .disconnected }

  /// Offers a small message by SMTP.
  init(of mta: RealMTA) throws {
    guard try Self.greets(mta) else {
      self = .dead
      return
    }
    let client = try mta.connect()
    guard let reply = try Self.lastReply(to: client) else {
      self = .disconnected
      return
    }
    client.close()
    switch reply.code {
    case 250: self = try Self.isTraced(reply.queueID, in: mta) ? .filtered : .unfiltered
    case 421: self = .disconnected
    case 400..<500: self = .deferred
    default: self = .refused
    }
  }

  /// Submits a small message as a program of the machine does.
  init(ofMailSubmittedTo mta: RealMTA) throws {
    let id = try mta.submitLocally(SmallMessage.bytes)
    self = try Self.isTraced(id, in: mta) ? .filtered : .unfiltered
  }

  private static func isTraced(_ id: String?, in mta: RealMTA) throws -> Bool {
    guard let id else { return false }
    return try mta.headers(of: id).contains { $0.name == TracingFilter.trace }
  }

  /// Whether the service starts, and greets its client.
  private static func greets(_ mta: RealMTA) throws -> Bool {
    guard let probe = try Loopback.connect(to: mta.port, from: "127.0.0.1") else { return false }
    defer { probe.close() }
    // Postfix keeps restarting a service that fails to start, while the client waits for the greeting.
    return try poll(for: "a greeting, or the reason for none") {
      if try Poll.wait(probe.descriptor, .readable, milliseconds: 0).contains(.readable) {
        return true
      }
      return mta.log().contains(" fatal: ") ? false : nil
    }
  }

  /// The reply that decides about a message; `nil` if the server hangs up before.
  private static func lastReply(to client: SMTPClient) throws -> SMTPReply? {
    guard client.greeting.isPositive else { return client.greeting }
    do {
      try client.ehlo()
      return try client.send(message: SmallMessage.bytes).final
    } catch let error as HarnessError {
      guard client.isClosedByServer() else { throw error }
      return nil
    }
  }
}
