public import MilterCore

/// The MTA's side of one connection to a filter, without I/O.
///
/// A driver carries bytes between it and the filter until there is an outcome:
///
/// ```
/// MTAMail ─▶ send ─▶ takeOutput ─▶ filter ─▶ receive ─▶ … ─▶ outcome
/// ```
///
/// ```swift
/// var session = MTASession()
/// session.send(MTAMail(MTAMessage(eml: Array("Subject: Hello\r\n\r\nHello!\r\n".utf8))))
/// while session.outcome == nil {
///   // write session.takeOutput(), read what comes, pass it to session.receive(_:),
///   // or call session.endOfStream()
/// }
/// session.quit()  // and write session.takeOutput() again
/// ```
///
/// Further messages may be sent on the same connection, one after the other. What the filter has
/// agreed to is honoured: steps left out or without reply, skip, macro lists, spaces in headers.
/// The session never waits or reads a clock; a filter that says nothing is the driver's matter.
public struct MTASession: Sendable {
  /// How this side behaves.
  public let profile: MTAProfile
  /// What was agreed; nil until the filter has answered the offer.
  public internal(set) var negotiated: MilterNegotiation?
  /// What came of the last message; nil while it is under way.
  public internal(set) var outcome: MTAOutcome?
  /// The callback whose reply is awaited; nil when the filter has nothing to say.
  public internal(set) var waiting: MilterCallback? = .negotiate

  /// Why the connection is of no more use; nil while it is.
  ///
  /// A filter may break the protocol behind the end of a message, too, when its outcome is settled.
  public var failure: MTAFailure? { settled?.failure }

  /// How many replies have come.
  public private(set) var replyCount = 0

  /// What decides about all further messages: a verdict about the connection, or a failure.
  var settled: Decision?
  /// The message under way.
  var transaction: Transaction?
  var decoder = FrameDecoder()
  var writer = ByteWriter()
  private var hasConnected = false
  private var hasQuit = false

  /// Begins a connection: the first output is the offer.
  public init(_ profile: MTAProfile = .libmilterReference) {
    self.profile = profile
    let negotiation = MilterNegotiation(options: profile.offer)
    MTACommand.negotiate(negotiation).write(to: &writer)
  }

  /// Sends a message, as soon as the options are agreed.
  ///
  /// - Precondition: no message is under way, and ``quit()`` was not called.
  /// - Parameter mail: the message and its envelope. The client and HELO of the first one count for
  ///   all of the connection.
  public mutating func send(_ mail: MTAMail) {
    precondition(transaction == nil && !hasQuit, "one message at a time, and none after quit")
    outcome = nil
    transaction = Transaction(mail, negotiated: negotiated)
    if let settled { finish(settled) }
    proceed()
  }

  /// The bytes to be sent now; empty when there are none.
  public mutating func takeOutput() -> [UInt8] {
    defer { writer.removeAll() }
    return writer.bytes
  }

  /// Takes bytes from the filter, in any pieces.
  public mutating func receive(_ bytes: some Collection<UInt8>) {
    guard !hasQuit, settled?.verdict != .failure else { return }
    decoder.append(bytes)
    do {
      while let frame = try decoder.next() {
        let reply = try FilterReply(
          code: frame.code, payload: decoder.storage.span.extracting(frame.payload))
        replyCount += 1
        try handle(reply)
        proceed()
      }
    } catch let error as MTAFailure {
      fail(error)
    } catch let error as MilterError {
      fail(MTAFailure(error))
    } catch {
      fail(MTAFailure(.malformedReply, "\(error)"))
    }
  }

  /// Takes notice that the filter has closed the connection.
  public mutating func endOfStream() {
    let place = decoder.isEmpty ? "" : " inside a packet"
    fail(MTAFailure(.connectionClosed, "the filter closed the connection\(place)"))
  }

  /// Gives the filter up, for a reason that the driver has found: it does not answer, for example.
  ///
  /// The message under way, and all further ones, have the verdict ``MTAVerdict/failure``.
  public mutating func fail(_ failure: MTAFailure) {
    guard !hasQuit, settled?.verdict != .failure else { return }
    let decision = Decision(verdict: .failure, stage: waiting, failure: failure)
    settled = decision
    waiting = nil
    writer.removeAll()
    finish(decision)
  }

  /// Ends the connection; a message under way is aborted and has no outcome.
  public mutating func quit() {
    guard !hasQuit else { return }
    if settled?.verdict != .failure {
      if transaction?.isInMessage == true { MTACommand.abort.write(to: &writer) }
      MTACommand.quit.write(to: &writer)
    }
    transaction = nil
    waiting = nil
    hasQuit = true
  }

  /// Goes on with the message until the filter has to reply.
  private mutating func proceed() {
    while waiting == nil, negotiated != nil, let step = transaction?.step {
      switch step {
      case .connect, .helo:
        if !hasConnected { perform(step) }
        if step == .helo { hasConnected = true }
      case .data where transaction?.hasRecipients != true: endWithoutRecipients()
      case .mail, .rcpt, .data, .header, .eoh, .body, .eom: perform(step)
      }
      let next = transaction?.step(after: step, chunk: chunkSize)
      transaction?.step = next
    }
  }

  /// How much of the body goes into one packet.
  var chunkSize: Int { max(1, min(profile.chunkSize, maximumPayload)) }

  /// Most bytes of payload in one packet, as agreed.
  var maximumPayload: Int {
    let steps = negotiated?.options.steps ?? []
    if steps.contains(.mds1m) { return WireLimits.payload1M }
    return steps.contains(.mds256k) ? WireLimits.payload256K : WireLimits.payload64K
  }
}
