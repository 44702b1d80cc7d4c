import MilterCore
public import MilterMTA
public import MilterSystem

/// An MTA's connection to a filter: plays messages to it, and reports their outcomes.
///
/// ```swift
/// let connection = try FilterConnection(to: "inet:8891@127.0.0.1", .postfix)
/// let message = MTAMessage(eml: Array("Subject: Hello\r\n\r\nHello!\r\n".utf8))
/// let outcome = connection.play(MTAMail(message))
/// connection.quit()
/// ```
///
/// A failure of the filter is an outcome, not an error. If the filter breaks the protocol, closes the
/// connection, or exceeds a timeout, the verdict is ``/MilterMTA/MTAVerdict/failure``, and its
/// ``/MilterMTA/MTAFailure`` names the step. A connection blocks its thread. Use it on one thread at a time.
public final class FilterConnection {
  /// The session so far.
  @exclusivity(unchecked) public private(set) var session: MTASession
  private let link: any FilterLink
  /// The link, if the filter has always replied when a send returns.
  private let plainLink: (any PlainLink)?
  /// The output of the step in progress on that link.
  @exclusivity(unchecked) private var plainOutput = ByteWriter()

  /// Connects to a filter that listens.
  ///
  /// - Parameters:
  ///   - spec: The filter's socket in libmilter's or Postfix's notation, such as `inet:8891@127.0.0.1` or
  ///     `unix:/path`.
  ///   - profile: The behavior and the timeouts of the MTA.
  /// - Throws: `SocketError` with the code `invalidSpec` if the notation is not valid, and with another code if the
  ///   connection fails, such as `timedOut`. Its description has the reason.
  public convenience init(
    to spec: String, _ profile: MTAProfile = .libmilterReference
  ) throws(SocketError) {
    let limit = profile.connectTimeout / .milliseconds(1)
    let socket = try Socket.connect(
      to: SocketSpec(spec), milliseconds: Int(min(max(limit, 1), Double(Int32.max))))
    self.init(socket, profile)
  }

  /// Takes over a connected socket.
  package convenience init(_ socket: Socket, _ profile: MTAProfile = .libmilterReference) {
    self.init(SocketLink(socket), profile)
  }

  /// Creates a connection over a link that is not a socket.
  package init(_ link: any FilterLink, _ profile: MTAProfile) {
    self.link = link
    plainLink = link as? any PlainLink
    session = MTASession(profile)
  }

  /// Plays a message; a connection can carry several messages.
  ///
  /// - Parameter mail: The message and its envelope. The client and HELO of the first message apply to the
  ///   whole connection.
  /// - Returns: The outcome.
  public func play(_ mail: MTAMail) -> MTAOutcome {
    session.send(mail)
    while true {
      flush()
      // What a filter still sends after the outcome is of no interest.
      if let outcome = session.outcome { return outcome }
      exchange()
    }
  }

  /// Performs one step.
  ///
  /// - Parameter step: Any step. If the step is not possible at this point, the MTA itself refuses it.
  /// - Returns: The outcome.
  @discardableResult
  public func perform(_ step: MTAStep) -> MTAExchange {
    advance(step)
    return session.current ?? MTAExchange(step)
  }

  /// Performs one step; the result is the session's current exchange.
  ///
  /// - Returns: Whether the filter has replied continue, or does not reply to this step. Otherwise, the current
  ///   exchange has the reply or the failure.
  @discardableResult
  package func advance(_ step: MTAStep) -> Bool {
    if let plainLink {
      plainOutput.removeAll()
      if session.performPlainly(step, to: &plainOutput) {
        if plainOutput.isEmpty { return true }
        if plainLink.tell(plainOutput, isAnswered: session.waiting != nil) {
          session.continuePlainly()
          return true
        }
        settle()
        return false
      }
    }
    session.perform(step)
    settle()
    return false
  }

  /// The last step and its result so far, without a copy of the session; `nil` before the first step.
  package var current: MTAExchange? { session.current }

  /// Whether a message is in progress, without a copy of the session.
  package var isInMessage: Bool { session.isInMessage }

  /// The failure after which the connection is useless, without a copy of the session; `nil` until then.
  package var failure: MTAFailure? { session.failure }

  /// Sends what waits, and waits for the replies to the step.
  private func settle() {
    flush()
    while !session.isIdle {
      exchange()
      flush()
    }
  }

  /// Negotiates before the first step.
  ///
  /// - Returns: The failure, or `nil` if the negotiation succeeded.
  package func negotiate() -> MTAFailure? {
    flush()
    while session.waiting == .negotiate {
      exchange()
      flush()
    }
    return session.failure
  }

  /// Sends the macros of another MTA instead of this one's.
  package func relay(_ macros: RelayedMacros) { session.relayed = macros }

  /// Tells the session not to keep the content of messages, because the caller keeps it.
  package func dropContent() { session.keepsContent = false }

  /// Limits the changes that the filter may request at the end of a message, if the caller keeps the content.
  package func limit(_ changes: ChangeLimits) { session.changeLimits = changes }

  /// A closure that is called for each progress packet of the filter, if the caller keeps the content.
  package var onProgress: (() -> Void)?

  /// A closure that is called with each chunk of a new body, if the caller keeps the content.
  package var onNewBody: (([UInt8]) -> Void)?

  /// The deadline for all replies, in addition to the profile's timeouts; `nil` if only the timeouts apply.
  package var deadline: ContinuousClock.Instant?

  /// Takes bytes that the filter sends while this side is sending.
  package func take(_ bytes: [UInt8]) {
    let progressCount = session.progressCount
    session.receive(bytes.span)
    for piece in session.takeNewBody() { onNewBody?(piece) }
    if session.progressCount != progressCount { onProgress?() }
  }

  /// Frees memory between two messages.
  package func rest() { session.rest() }

  /// Sets macros that replace those of the MTA.
  public func set(_ macros: MTAMacros) { session.macros = macros }

  /// Ends the connection as an MTA does when it needs the filter no longer.
  ///
  /// Later calls fail with the code ``/MilterMTA/MTAFailure/Code/afterQuit``.
  public func quit() {
    session.quit()
    flush()
    link.close()
  }

  /// Plays a message again, with the queue ID of the previous one.
  package func playAgain(_ mail: MTAMail) -> MTAOutcome {
    session.repeatQueueID()
    return play(mail)
  }

  /// Ends the connection as ``quit()`` does, and reads what the filter still sends.
  ///
  /// - Parameter limit: The maximum time to wait until the filter closes the connection.
  /// - Returns: A failure if the filter sent more replies than the MTA expected; otherwise `nil`.
  package func finish(within limit: Duration = .seconds(10)) -> MTAFailure? {
    let isOpen = !session.isClosed && session.failure == nil
    session.quit()
    flush()
    defer { link.close() }
    let deadline = ContinuousClock.now + limit
    while isOpen, case let left = deadline - .now, left > .zero,
      case .bytes(let bytes) = link.receive(within: left)
    {
      session.receive(bytes)
    }
    return session.failure ?? session.lateFailure
  }

  /// Ends the connection without QUIT, as when the MTA crashes.
  ///
  /// Later calls fail with the code ``/MilterMTA/MTAFailure/Code/afterQuit``.
  public func disconnect() {
    session.leave()
    link.close()
  }

  /// Sends the waiting output.
  private func flush() {
    // A filter of this process replies while it gets the output, which may produce more output.
    while case let output = session.takeOutput(), !output.isEmpty {
      var limit = session.profile.replyTimeout(session.waiting ?? session.current?.callback)
      if let deadline { limit = min(limit, max(deadline - .now, .milliseconds(1))) }
      if let event = link.send(output, within: limit) { take(event, limit) }
    }
    if session.isClosed { link.close() }
  }

  /// Waits for the replies to a step.
  private func exchange() {
    let profile = session.profile
    let callback = session.waiting
    let replies = session.replyCount
    var limit = profile.replyTimeout(callback)
    let now = ContinuousClock.now
    if let deadline = self.deadline { limit = min(limit, max(deadline - now, .zero)) }
    var deadline = now + limit
    if callback == .eom, let total = profile.endTimeout {
      if endDeadline == nil { endDeadline = now + total }
      deadline = min(deadline, endDeadline ?? deadline)
    }
    // A reply that has arrived counts, even if the deadline has passed.
    var isOver = deadline <= now
    // Bytes that do not complete a reply do not extend the deadline.
    while session.waiting == callback, session.replyCount == replies {
      let left = max(deadline - .now, .zero)
      take(isOver ? .silence : link.receive(within: left), limit)
      isOver = left == .zero
    }
    if session.waiting != .eom { endDeadline = nil }
  }

  /// The deadline for all replies to the end of the message.
  private var endDeadline: ContinuousClock.Instant?

  private func take(_ event: FilterLinkEvent, _ limit: Duration) {
    switch event {
    case .bytes(let bytes): take(bytes)
    case .endOfStream: session.endOfStream()
    case .broken(let reason): session.fail(.init(.connectionClosed, reason))
    case .silence:
      let step = session.waiting.map { "answered \($0)" } ?? "read what was sent"
      session.fail(.init(.timedOut, "the filter has not \(step) within \(limit)"))
    }
  }
}
