public import MilterCore

/// The MTA's side of one connection to a filter, without I/O.
///
/// A driver passes bytes between the session and the filter:
///
/// ```
/// perform, send ─▶ takeOutput ─▶ filter ─▶ receive ─▶ exchanges, outcome
/// ```
///
/// A driver performs single steps, like a client's commands, or sends whole messages:
///
/// ```swift
/// var session = MTASession(.postfix)
/// session.send(MTAMail(MTAMessage(eml: Array("Subject: Hello\r\n\r\nHello!\r\n".utf8))))
/// while !session.isIdle {
///   // write session.takeOutput(), read what comes, pass it to session.receive(_:),
///   // or call session.endOfStream()
/// }
/// // session.outcome is the verdict and the result of the message
/// session.quit()  // and write session.takeOutput() again
/// ```
///
/// The connection can carry further messages. The session respects the negotiated options: steps that are left
/// out or have no reply, skip, macro lists, and the space in header values. The ``MTAProfile`` describes all
/// other behavior of the MTA. The session never waits and reads no clock, so the driver must limit the time of
/// a silent filter.
public struct MTASession: Sendable {
  /// The behavior of this side.
  public let profile: MTAProfile
  /// Macros that replace those of the MTA.
  public var macros = MTAMacros()
  /// The macros of another MTA, if this side passes them on.
  package var relayed: RelayedMacros?
  /// Whether the session keeps each message with the filter's changes.
  ///
  /// Otherwise, the driver finds the changes among an exchange's replies, and the new body in
  /// ``takeNewBody()``.
  package var keepsContent = true
  /// The limits of the changes that a filter may request at the end of a message, if a driver keeps the
  /// content; `nil` for none.
  package var changeLimits: ChangeLimits?
  /// The number of progress replies, if a driver keeps the content.
  package internal(set) var progressCount = 0
  /// The changes that the filter has requested at the end of the message.
  var tally = ChangeTally()
  /// The behavior in the fast path.
  var plainRules = PlainRules()
  /// The negotiated options; `nil` until the filter has answered the offer.
  public internal(set) var negotiated: MilterNegotiation?
  /// The steps since the last message ended, and their results.
  public var exchanges: [MTAExchange] { pastExchanges + (current.map { [$0] } ?? []) }
  /// The outcome of the last message; `nil` before its end, and from the next step on.
  public internal(set) var outcome: MTAOutcome?
  /// The callback whose reply is due; `nil` if no reply is due.
  public internal(set) var waiting: MilterCallback? = .negotiate
  /// The number of replies that have arrived.
  public internal(set) var replyCount = 0
  /// Whether the driver must close the connection now, without QUIT.
  public internal(set) var isClosed = false

  /// The failure after which the connection is useless; `nil` until then.
  ///
  /// A filter may break the protocol after the end of a message, when the outcome is already known.
  public var failure: MTAFailure? { settled?.failure }

  /// Whether the filter has the client's connection closed.
  package var disconnects: Bool { settled?.disconnects ?? false }

  /// Whether a message is in progress: MAIL was accepted, and the message has not ended.
  public var isInMessage: Bool { if case .some = transaction { true } else { false } }

  /// Whether all steps were performed, and no reply is due.
  public var isIdle: Bool { waiting == nil && steps.isEmpty && bodyRest.isEmpty }

  /// The last step, and its result so far; `nil` before the first step.
  package internal(set) var current: MTAExchange?
  /// The steps before it since the last message ended.
  var pastExchanges: [MTAExchange] = []
  /// The decision about all further messages: a verdict on the client, or a failure.
  var settled: Decision?
  /// The client, according to the steps so far.
  var client = Client()
  /// The current message.
  var transaction: Transaction?
  /// The message that is being sent as a whole.
  var script: MTAMail?
  /// The remaining steps.
  var steps: ArraySlice<MTAStep> = []
  /// The part of the body that was not sent yet.
  var bodyRest: ArraySlice<UInt8> = []
  /// The last chunk of the body, if it comes with the end.
  var lastChunk: [UInt8] = []
  /// Whether an abort is due when the client abandons a message that the MTA has refused.
  var owesAbort = false
  /// Whether unknown commands are not sent to the filter before the next message.
  var isDeaf = false
  /// Warnings about the current message.
  var warnings: [String] = []
  /// The reply with which the MTA itself refuses the content of the current message.
  var refusal: String?
  /// The callback of the last reply.
  var lastAnswered: MilterCallback?
  /// The number of messages, including the current one.
  var messageCount = 0
  var writer = ByteWriter()
  private var decoder = FrameDecoder()
  private(set) var hasQuit = false
  /// The replies that the filter has sent without being asked after the end of a connection.
  private(set) var lateReplies: [FilterReplyCode] = []

  /// Begins a connection: the first output is the offer.
  public init(_ profile: MTAProfile = .libmilterReference) {
    self.profile = profile
    let negotiation = MilterNegotiation(options: profile.offer)
    MTACommand.negotiate(negotiation).write(to: &writer)
  }

  /// Performs a step, as soon as the steps before it are complete.
  ///
  /// If a step is not allowed at this point, the MTA refuses it, and the filter does not get it. After
  /// ``quit()``, every step is refused; its exchange has a failure with the code ``MTAFailure/Code/afterQuit``.
  public mutating func perform(_ step: MTAStep) {
    guard !hasQuit else { return refuseAfterQuit(step) }
    if isIdle, negotiated != nil {
      begin(step)
    } else {
      steps.append(step)
    }
    proceed()
  }

  /// Sends a message: performs its steps, up to the step at which a client would stop.
  ///
  /// Call it when the session is idle, or during the negotiation. A message that was begun with single steps is
  /// aborted first, as with ``MTAStep/reset``. If steps remain to be performed, the session fails with the code
  /// ``MTAFailure/Code/notIdle``. After ``quit()``, the outcome is a failure with the code
  /// ``MTAFailure/Code/afterQuit``.
  /// - Parameter mail: The message and its envelope. The client and HELO of the first message apply to the
  ///   whole connection.
  public mutating func send(_ mail: MTAMail) {
    guard !hasQuit else { return refuseAfterQuit(mail) }
    giveUpForNext()
    let envelope = mail.envelope
    forgetOutcome()
    let intake = MessageIntake(mail, profile.intake)
    var mail = mail
    mail.message = intake.message
    script = mail
    warnings = intake.warnings
    refusal = intake.refusal
    macros.merge(envelope.macros)
    if !client.hasConnected {
      steps += [.connect(host: envelope.host, address: envelope.address), .helo(envelope.helo)]
    }
    steps.append(.mail(envelope.sender))
    steps += envelope.recipients.map { .rcpt($0) }
    steps.append(.data)
    steps += mail.message.headers.map { .header($0) }
    steps.append(.eoh)
    if !mail.message.body.isEmpty || profile.dialect == .stalwart {
      steps.append(.body(mail.message.body))
    }
    steps.append(.eom)
    proceed()
  }

  /// Gives the next message the queue ID of the last one.
  package mutating func repeatQueueID() { messageCount = max(0, messageCount - 1) }

  /// Returns the bytes to send now; empty if there are none.
  public mutating func takeOutput() -> [UInt8] {
    guard !writer.isEmpty else { return [] }
    defer { writer.removeAll() }
    return writer.bytes
  }

  /// Returns the chunks of a new body that have arrived since the last call.
  ///
  /// There are chunks only if a driver keeps the content.
  package mutating func takeNewBody() -> [[UInt8]] {
    guard !tally.newBody.isEmpty else { return [] }
    defer { tally.newBody = [] }
    return tally.newBody
  }

  /// Removes the last message, and releases memory that the next one does not need.
  package mutating func rest() {
    guard transaction == nil, waiting == nil else { return }
    forgetOutcome()
    if !keepsContent { current = nil }
    tally = ChangeTally()
    if writer.isEmpty { writer = ByteWriter() }
    decoder.releaseStorage()
  }

  /// Handles bytes from the filter, in any pieces.
  public mutating func receive(_ bytes: some Collection<UInt8>) { receive(Array(bytes).span) }

  /// Handles bytes from the filter, in any pieces.
  package mutating func receive(_ bytes: Span<UInt8>) {
    if hasQuit { return noteLate(bytes) }
    guard !isClosed, settled?.verdict != .failure else { return }
    decoder.append(bytes)
    do {
      while !isClosed, let frame = try decoder.next() {
        let reply = try FilterReply(
          code: frame.code, payload: decoder.storage.span.extracting(frame.payload))
        replyCount += 1
        // A reply to a command that the filter cannot have received yet is one too many.
        if waiting != nil, !writer.isEmpty { throw unasked(reply) }
        try handle(reply, ofSize: WireLimits.headerSize + frame.payload.count)
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

  /// The filter's failure that was found only at the end of the connection.
  ///
  /// Pass all bytes after ``quit()`` to the session until the filter closes the connection.
  package var lateFailure: MTAFailure? {
    guard !lateReplies.isEmpty else { return nil }
    let names = lateReplies.prefix(5).map { "\($0)" }.joined(separator: ", ")
    let rest = lateReplies.count > 5 ? " and \(lateReplies.count - 5) more" : ""
    return MTAFailure(
      .unexpectedReply,
      "the filter replied more often than it was asked; left over at the end: \(names)\(rest)")
  }

  private mutating func noteLate(_ bytes: Span<UInt8>) {
    guard settled?.verdict != .failure else { return }
    decoder.append(bytes)
    while let frame = try? decoder.next() {
      guard let code = FilterReplyCode(rawValue: frame.code) else { continue }
      lateReplies.append(code)
    }
  }

  /// Notes that the filter has closed the connection.
  public mutating func endOfStream() {
    guard !isClosed else { return }
    let place = decoder.isEmpty ? "" : " inside a packet"
    fail(MTAFailure(.connectionClosed, "the filter closed the connection\(place)"))
  }

  /// Ends the use of the filter because of a failure that the driver has found, for example a timeout.
  ///
  /// The current message, and all further ones, have the verdict ``MTAVerdict/failure``.
  public mutating func fail(_ failure: MTAFailure) {
    guard !hasQuit, settled?.verdict != .failure else { return }
    let isBroken = failure.code == .malformedReply || failure.code == .interruptedBody
    let decision = self.decision(
      about: failure, isBroken ? profile.replies.brokenProtocol : profile.replies.tempfail)
    if let callback = waiting, callback != .negotiate {
      current?.failure = failure
      if isTold(decision, at: callback) { current?.reply = decision.reply }
    }
    waiting = nil
    bodyRest = []
    writer.removeAll()
    settle(decision)
    if isBroken { forgetBreach(at: decision.callback) }
    proceed()
  }

  /// Ends the connection; a message in progress is aborted and has no outcome.
  public mutating func quit() {
    guard !hasQuit else { return }
    if settled?.verdict != .failure, !isClosed {
      switch profile.aborts {
      case .unlessDone: if transaction?.isShown == true { MTACommand.abort.write(to: &writer) }
      case .always:
        if transaction != nil { MTACommand.abort.write(to: &writer) }
        if client.hasSaidHelo { MTACommand.abort.write(to: &writer) }
      case .onReset, .never: break
      }
      MTACommand.quit.write(to: &writer)
    }
    leave()
  }

  /// Ends the connection without QUIT; a message in progress has no outcome.
  package mutating func leave() {
    transaction = nil
    script = nil
    steps = []
    bodyRest = []
    waiting = nil
    hasQuit = true
  }

  /// Applies the answer to the offer: the maximum size of packets.
  mutating func limitPackets() { decoder.maximumPayload = maximumPayload }

  /// The number of bytes of the body in one packet.
  var chunkSize: Int { max(1, min(profile.chunkSize, maximumPayload)) }

  /// The maximum payload of a packet in bytes, as negotiated.
  var maximumPayload: Int {
    let steps = negotiated?.options.steps ?? []
    if steps.contains(.mds1m) { return WireLimits.payload1M }
    return steps.contains(.mds256k) ? WireLimits.payload256K : WireLimits.payload64K
  }
}
