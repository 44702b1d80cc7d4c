// stamp: overrides every callback, and adds a header field that describes how the message came in:
//
//   X-Stamp: from client.example.org (192.0.2.7) helo client.example.org;
//    1 of 2 recipients; 5 headers, 1234 bytes; id 4Xk2...
//
//   swift run stamp --try Samples/messages/hello.eml
//   swift run stamp --socket inet:8891@127.0.0.1
//
// The example filter in libmilter's documentation has the same purpose: each xxfi_ callback once.

import MilterKit

@main
final class Stamp: Milter {
  // About the connection.
  private var peer = "unknown"
  private var heloName = "none"
  private var unknownCommands = 0

  // About the message.
  @PerMessage private var recipients = 0
  @PerMessage private var acceptedRecipients = 0
  @PerMessage private var headers = 0
  @PerMessage private var bytes = 0

  /// The maximum number of unknown commands of a client.
  private static let maxUnknownCommands = 10

  /// Asks to see the recipients that the MTA itself rejected.
  override class var rejectedRecipients: Bool { true }

  /// Remembers the client.
  override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    peer = "\(host) (\(address?.text ?? "address unknown"))"
    return .continue
  }

  /// Refuses clients that introduce themselves with a name that belongs to this host only.
  override func helo(_ host: String) throws -> Status {
    heloName = host
    guard host.lowercased() != "localhost.localdomain" else {
      try setreply("550", "5.7.1", "That is not your name")
      return .reject
    }
    return .continue
  }

  /// Refuses senders to whom no reply can be sent.
  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    guard !sender.lowercased().hasSuffix(".invalid>") else {
      try setreply("553", "5.1.8", "Domains in .invalid do not exist (RFC 2606)")
      return .reject
    }
    return .continue
  }

  /// Counts recipients; those that the MTA rejected are counted separately.
  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    recipients += 1
    if !isRejectedRecipient { acceptedRecipients += 1 }
    return .continue
  }

  /// Refuses messages without an accepted recipient.
  override func data() throws -> Status {
    guard acceptedRecipients > 0 else {
      try setreply("554", "5.5.1", "No valid recipients")
      return .reject
    }
    return .continue
  }

  /// Refuses clients that send one unknown command after another.
  override func unknown(_ command: String) throws -> Status {
    unknownCommands += 1
    guard unknownCommands <= Self.maxUnknownCommands else {
      try setreply("421", "4.7.0", "Too many unknown commands")
      return .tempfail
    }
    return .continue
  }

  /// Counts header fields.
  override func header(_ name: String, _ value: String) throws -> Status {
    headers += 1
    return .continue
  }

  /// Refuses messages without header fields: RFC 5322 requires at least From and Date.
  override func eoh() throws -> Status {
    guard headers > 0 else {
      try setreply("554", "5.6.0", "A message needs headers")
      return .reject
    }
    return .continue
  }

  /// Counts the body's bytes.
  override func body(_ chunk: RawSpan) throws -> Status {
    bytes += chunk.byteCount
    return .continue
  }

  /// Stamps the message.
  override func eom() throws -> Status {
    let queueID = getsymval(.queueID) ?? "unknown"
    try addheader(
      "X-Stamp",
      """
      from \(peer) helo \(heloName);
       \(acceptedRecipients) of \(recipients) recipients; \
      \(headers) headers, \(bytes) bytes; id \(queueID)
      """)
    return .continue
  }

  /// Forgets the client: the MTA may use the connection for another one.
  override func close() {
    peer = "unknown"
    heloName = "none"
    unknownCommands = 0
  }
}
