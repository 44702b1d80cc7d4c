public import MilterCore

/// The MTA's side of one connection to a filter, without I/O.
///
/// A driver carries bytes between it and the filter:
///
/// ```
/// perform, send ─▶ takeOutput ─▶ filter ─▶ receive ─▶ exchanges, outcome
/// ```
///
/// A session is played step by step, as a client's commands come, or a message at a time:
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
/// Further messages may follow on the same connection. What the filter has agreed to is honored:
/// steps left out or without reply, skip, macro lists, spaces in headers. The ``MTAProfile``
/// describes the other habits of the MTA. The session never waits and reads no clock; the driver has to
/// limit the time that a silent filter may take.
public struct MTASession: Sendable {
  /// The behavior of this side.
  public let profile: MTAProfile
  /// Values of macros that are to differ from what the MTA knows by itself.
  public var macros = MTAMacros()
  /// The macros of another MTA, if this side passes on what that one sends.
  package var relayed: RelayedMacros?
  /// Whether what comes of a message is kept, and changed as the filter wants it.
  ///
  /// A driver that does that by itself finds the changes among an exchange's replies, except for the new
  /// body, which ``takeNewBody()`` has.
  package var keepsContent = true
  /// The limits of what a filter may ask for at the end of a message, if a driver keeps the content; nil
  /// for none.
  package var changeLimits: ChangeLimits?
  /// The number of signs of life that have come, if a driver keeps the content.
  package internal(set) var progressCount = 0
  /// The changes that the filter has asked for at the end of the message.
  var tally = ChangeTally()
  /// The negotiated options; nil until the filter has answered the offer.
  public internal(set) var negotiated: MilterNegotiation?
  /// The steps since the last message ended, and what came of each.
  public var exchanges: [MTAExchange] { pastExchanges + (current.map { [$0] } ?? []) }
  /// The outcome of the last message; nil before its end, and from the next step on.
  public internal(set) var outcome: MTAOutcome?
  /// The callback whose reply is awaited; nil if no reply is awaited.
  public internal(set) var waiting: MilterCallback? = .negotiate
  /// The number of replies that have arrived.
  public private(set) var replyCount = 0
  /// Whether the MTA closes the connection now, without a word: a driver does so.
  public internal(set) var isClosed = false

  /// Why the connection is of no more use; nil while it is.
  ///
  /// A filter may break the protocol after the end of a message, when its outcome is already known.
  public var failure: MTAFailure? { settled?.failure }

  /// Whether the filter has the client's connection closed.
  package var disconnects: Bool { settled?.disconnects ?? false }

  /// Whether a message is under way: MAIL was accepted, and it has not ended.
  public var isInMessage: Bool { transaction != nil }

  /// Whether all steps were performed, and no reply is awaited.
  public var isIdle: Bool { waiting == nil && steps.isEmpty && bodyRest.isEmpty }

  /// The step that was performed last, and what has come of it so far; nil before the first one.
  package internal(set) var current: MTAExchange?
  /// The steps before it since the last message ended.
  var pastExchanges: [MTAExchange] = []
  /// The decision about all further messages: a verdict on the client, or a failure.
  var settled: Decision?
  /// The client, as far as it is known.
  var client = Client()
  /// The message under way.
  var transaction: Transaction?
  /// The message that is being sent as a whole.
  var script: MTAMail?
  /// The steps still to be performed.
  var steps: ArraySlice<MTAStep> = []
  /// The part of the body that is not sent yet.
  var bodyRest: ArraySlice<UInt8> = []
  /// The last chunk of the body, where it comes with the end.
  var lastChunk: [UInt8] = []
  /// Whether an abort is due when the client gives up a message that the MTA has refused.
  var owesAbort = false
  /// Whether unknown commands are not sent to the filter before the next message.
  var isDeaf = false
  /// Warnings about oddities of the message under way.
  var warnings: [String] = []
  /// The reply with which the MTA itself refuses the content of the message under way.
  var refusal: String?
  /// The callback whose reply came last.
  var lastAnswered: MilterCallback?
  /// How many messages there were, the one under way among them.
  var messageCount = 0
  var writer = ByteWriter()
  private var decoder = FrameDecoder()
  private(set) var hasQuit = false
  /// The replies that the filter has sent unasked after the end of a connection.
  private(set) var lateReplies: [FilterReplyCode] = []

  /// Begins a connection: the first output is the offer.
  public init(_ profile: MTAProfile = .libmilterReference) {
    self.profile = profile
    let negotiation = MilterNegotiation(options: profile.offer)
    MTACommand.negotiate(negotiation).write(to: &writer)
  }

  /// Performs a step, as soon as those before it are done.
  ///
  /// A step that cannot come here is refused by the MTA, and the filter does not hear of it. After
  /// ``quit()`` every step is refused; its exchange has a failure with the code
  /// ``MTAFailure/Code/afterQuit``.
  public mutating func perform(_ step: MTAStep) {
    guard !hasQuit else { return refuseAfterQuit(step) }
    if isIdle, negotiated != nil {
      begin(step)
    } else {
      steps.append(step)
    }
    proceed()
  }

  /// Sends a message: performs its steps, as far as a client would go.
  ///
  /// Call it when the session is idle but for the negotiation. A message that was begun step by step
  /// is given up first, as with ``MTAStep/reset``. If steps are still to be performed, the session
  /// fails with the code ``MTAFailure/Code/notIdle``; after ``quit()`` the outcome is a failure with the
  /// code ``MTAFailure/Code/afterQuit``.
  /// - Parameter mail: the message and its envelope. The client and HELO of the first one count for
  ///   all of the connection.
  public mutating func send(_ mail: MTAMail) {
    guard !hasQuit else { return refuseAfterQuit(mail) }
    giveUpForNext()
    let envelope = mail.envelope
    forgetOutcome()
    let intake = MessageIntake(mail.message, profile.intake)
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
    if !mail.message.body.isEmpty { steps.append(.body(mail.message.body)) }
    steps.append(.eom)
    proceed()
  }

  /// Has the next message the queue ID of the last one.
  package mutating func repeatQueueID() { messageCount = max(0, messageCount - 1) }

  /// The bytes to be sent now; empty when there are none.
  public mutating func takeOutput() -> [UInt8] {
    guard !writer.isEmpty else { return [] }
    defer { writer.removeAll() }
    return writer.bytes
  }

  /// Takes the pieces of a new body that have come since this was last called.
  ///
  /// There are some only if a driver keeps the content.
  package mutating func takeNewBody() -> [[UInt8]] {
    guard !tally.newBody.isEmpty else { return [] }
    defer { tally.newBody = [] }
    return tally.newBody
  }

  /// Forgets what came of the last message, and gives back memory that the next one need not have.
  package mutating func rest() {
    guard transaction == nil, waiting == nil else { return }
    forgetOutcome()
    if !keepsContent { current = nil }
    tally = ChangeTally()
    if writer.isEmpty { writer = ByteWriter() }
    decoder.releaseStorage()
  }

  /// Takes bytes from the filter, in any pieces.
  public mutating func receive(_ bytes: some Collection<UInt8>) { receive(Array(bytes).span) }

  /// Takes bytes from the filter, in any pieces.
  package mutating func receive(_ bytes: Span<UInt8>) {
    if hasQuit { return noteLate(bytes) }
    guard !isClosed, settled?.verdict != .failure else { return }
    decoder.append(bytes)
    do {
      while !isClosed, let frame = try decoder.next() {
        let reply = try FilterReply(
          code: frame.code, payload: decoder.storage.span.extracting(frame.payload))
        replyCount += 1
        // A reply to a command that the filter cannot have seen yet is one too many.
        if waiting != nil, !writer.isEmpty { throw unasked(reply) }
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

  /// The filter's failure that was found only at the end of the connection.
  ///
  /// Feed the session all that comes after ``quit()`` until the filter closes the connection.
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

  /// Takes notice that the filter has closed the connection.
  public mutating func endOfStream() {
    guard !isClosed else { return }
    let place = decoder.isEmpty ? "" : " inside a packet"
    fail(MTAFailure(.connectionClosed, "the filter closed the connection\(place)"))
  }

  /// Gives the filter up, for a reason that the driver has found: it does not answer, for example.
  ///
  /// The message under way, and all further ones, have the verdict ``MTAVerdict/failure``.
  public mutating func fail(_ failure: MTAFailure) {
    guard !hasQuit, settled?.verdict != .failure else { return }
    let isBroken = failure.code == .malformedReply || failure.code == .interruptedBody
    let text = isBroken ? profile.replies.brokenProtocol : profile.replies.tempfail
    let decision = Decision(
      verdict: .failure, stage: waiting, reply: [Array(text.utf8)], failure: failure)
    if let callback = waiting, callback != .negotiate {
      current?.failure = failure
      if isTold(decision, at: callback) { current?.reply = decision.reply }
    }
    waiting = nil
    bodyRest = []
    writer.removeAll()
    settle(decision)
    proceed()
  }

  /// Ends the connection; a message under way is aborted and has no outcome.
  public mutating func quit() {
    guard !hasQuit else { return }
    if settled?.verdict != .failure, !isClosed {
      switch profile.aborts {
      case .unlessDone: if transaction?.isShown == true { MTACommand.abort.write(to: &writer) }
      case .always:
        if transaction != nil { MTACommand.abort.write(to: &writer) }
        if client.hasSaidHelo { MTACommand.abort.write(to: &writer) }
      case .onReset: break
      }
      MTACommand.quit.write(to: &writer)
    }
    leave()
  }

  /// Ends the connection without a word; a message under way has no outcome.
  package mutating func leave() {
    transaction = nil
    script = nil
    steps = []
    bodyRest = []
    waiting = nil
    hasQuit = true
  }

  /// Acts on the answer to the offer: how long packets may be.
  mutating func limitPackets() { decoder.maximumPayload = maximumPayload }

  /// How much of the body goes into one packet.
  var chunkSize: Int { max(1, min(profile.chunkSize, maximumPayload)) }

  /// Most bytes of payload in one packet, as agreed.
  var maximumPayload: Int {
    let steps = negotiated?.options.steps ?? []
    if steps.contains(.mds1m) { return WireLimits.payload1M }
    return steps.contains(.mds256k) ? WireLimits.payload256K : WireLimits.payload64K
  }
}
