import Glibc
import MilterSystem

/// The fate of a message in an MTA.
enum MailFate: Hashable, Sendable {
  /// The message is accepted, and has the filter's trace.
  case filtered
  /// The message is accepted without the filter's trace.
  case unfiltered
  /// The client gets 4xx, and may continue.
  case deferred
  /// The client gets 5xx.
  case refused
  /// The client gets 421, or is disconnected without a reply.
  case disconnected
  /// The client gets no greeting, because the service does not start.
  case dead
  /// The MTA does not start.
  case notStarted

  /// Whether the operator wants this fate: mail is filtered, or the MTA disconnects the client while the
  /// filter is down, as with `shutdown` and `F=4`.
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

  /// Submits a small message locally.
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

  /// Returns the reply with the verdict on a message; `nil` if the server disconnects before.
  private static func lastReply(to client: SMTPClient) throws -> SMTPReply? {
    guard client.greeting.isPositive else { return client.greeting }
    do {
      try client.ehlo()
      return try client.send(message: SmallMessage.bytes).final
    } catch {
      guard client.isClosedByServer() else { throw error }
      return nil
    }
  }
}
