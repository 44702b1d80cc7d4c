/// The filter's side of one connection, without I/O: it converts commands to calls of callbacks.
///
/// A driver passes commands to the session and performs the steps that it returns:
///
/// ```
/// frame ─▶ receive ─▶ SessionStep ─▶ callback ─▶ answer ─▶ ReplyBuffer ─▶ socket
///                        ▲              │           │
///                        │              │           └─ next SessionStep
///                        │              └─ actions: add, replacebody, progress
///                        └─ resume, after a step without a status
/// ```
///
/// The session knows which commands may follow each other (``SessionState``), keeps the macros, determines
/// which callbacks to call and when a message begins and ends, and sends the reply for a status. It never calls
/// the driver, reads a clock, or waits. The driver may take any time for a step, on any thread.
public struct FilterSession: Sendable {
  /// The last command that was executed.
  public internal(set) var state: SessionState {
    get { reached }
    set { reached = newValue }
  }
  /// The value of ``state``, which inlined code sets.
  @usableFromInline var reached = SessionState.start
  /// The callbacks of the filter.
  public let callbacks: MilterCallbacks
  /// The effects of the filter's mistakes.
  public let rules: SessionRules

  /// The state of the connection, of one client of the MTA, and of one message.
  @usableFromInline var connection: ConnectionScope
  @usableFromInline var client = ClientScope()
  @usableFromInline var message = MessageScope()

  /// The callback whose reply is due.
  @usableFromInline var running: MilterCallback?
  /// Whether the driver has got the step for the beginning of a message, but not yet the one for its end.
  @usableFromInline package var hasBegunMessage = false
  /// The result of the current command, and the number of aborts that must run before it.
  var pending = Pending.nothing
  var pendingAborts = 0

  /// Creates a session for a filter with these callbacks.
  public init(callbacks: MilterCallbacks, rules: SessionRules = .strict) {
    self.callbacks = callbacks
    self.rules = rules
    connection = ConnectionScope(leavingOut: callbacks.notWanted)
  }

  /// The macros sent so far.
  public var symbols: MilterSymbols { client.symbols }
  /// The client as it was introduced with ``introduce(_:_:)``; mutating for the same reason as ``read(_:_:)``.
  package var introduction: ClientIntroduction { mutating get { client.introduction } }
  /// The reply that replaces the next reject or tempfail, until it is used.
  public var reply: MilterReply? {
    get { client.reply }
    set { client.reply = newValue }
  }
  /// The options agreed on with the MTA; before the negotiation, no actions.
  public var agreed: MilterOptions { connection.agreed }
  /// The maximum payload of a frame in bytes, in both directions.
  public package(set) var maximumPayload: Int {
    get { connection.maximumPayload }
    set { connection.maximumPayload = newValue }
  }

  /// Whether the options have been negotiated; mutating for the same reason as ``read(_:_:)``.
  package var hasNegotiated: Bool { mutating get { connection.agreed.version != 0 } }

  /// Whether a message is in progress: if the connection ends now, abort must be called.
  public var isInMessage: Bool { state.isInMessage }

  /// Whether a message is in progress, or its end needs an answer.
  var hasMessage: Bool { isInMessage || message.isEnding }

  /// Whether a callback is running whose reply is due; mutating for the same reason as ``read(_:_:)``.
  package var isAnswerOwed: Bool { mutating get { running != nil } }

  /// Whether the end of a message needs an answer; mutating for the same reason as ``read(_:_:)``.
  package var isEndOfMessage: Bool { mutating get { message.isEnding } }

  /// Whether the filter wants a callback.
  public func wants(_ callback: MilterCallback) -> Bool {
    let one = MilterCallbacks(callback)
    return callbacks.contains(one) && !message.skipped.contains(one) && message.heldVerdict == nil
  }

  /// Handles a command and returns the next step.
  ///
  /// As in libmilter, a command out of order ends the message in progress and sets the session to the state
  /// after HELO. If the command is allowed there, it is executed. Otherwise it is dropped without a reply.
  public mutating func receive(_ code: UInt8, _ payload: Span<UInt8>) -> SessionStep {
    let cameInMessage = isInMessage
    guard let command = MTACommandCode(rawValue: code) else {
      let error = MilterError(
        .unknownCommand, "unknown command byte 0x\(String(code, radix: 16))")
      return after(cameInMessage ? 1 : 0, .fail(error))
    }
    // Macros may come at any time, and do not change the state.
    let isMacro = command == .macro
    let isInOrder = isMacro || connection.transitions.allow(command, in: state)
    let aborts = cameInMessage && !isInOrder ? 1 : 0
    guard isInOrder || recover(for: command) else { return after(aborts, .nothing) }
    if payload.isEmpty && command.needsPayload {
      let error = CommandLayout.malformed(command, "it is empty")
      // libmilter calls abort once for the order and once for the end.
      let isTwice = rules.abortsTwice && aborts == 1
      return after(isTwice ? 2 : cameInMessage ? 1 : 0, .fail(error))
    }
    if isMacro {
      do throws(MilterError) {
        try client.symbols.store(payload)
        return .done
      } catch {
        return after(cameInMessage ? 1 : 0, .fail(error))
      }
    }
    if aborts == 0, command != .abort {
      return begun(execute(command, hasPayload: !payload.isEmpty))
    }
    return after(1, .execute(command, hasPayload: !payload.isEmpty))
  }

  /// Leaves the message for a command out of order; returns whether the command is allowed after that.
  private mutating func recover(for command: MTACommandCode) -> Bool {
    // The end of a connection is always in order. libmilter drops QUIT_NC nearly everywhere, and then also the
    // following connect, for whose reply the MTA waits forever.
    if command == .quit { return true }
    if command == .quitNewConnection { return state != .start && state != .options }
    endMessage()
    state = .helo
    return connection.transitions.allow(command, in: state)
  }

  /// Calls `body` with the value of a macro and its position, if the MTA has sent the macro.
  ///
  /// The method does not change the session. It is mutating because a call of a nonmutating method could copy
  /// the session.
  package mutating func read(_ macro: String, _ body: (Span<UInt8>, MilterSymbols.Place) -> Void) {
    client.symbols.read(macro, body)
  }

  /// Whether a macro is still at its position; mutating for the same reason as ``read(_:_:)``.
  package mutating func isCurrent(_ place: MilterSymbols.Place) -> Bool {
    client.symbols.isCurrent(place)
  }

  /// Notes connect or HELO, when its callback is about to be called; does nothing for other commands.
  package mutating func introduce(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    client.introduction.note(callback, payload)
  }

  /// Releases memory that the macros do not need while the connection is idle.
  package mutating func releaseStorage() { client.symbols.releaseStorage() }

  /// Removes the state of the client after close.
  ///
  /// The next client need not begin with connect, because the MTA may leave that step out.
  mutating func endClient() {
    // The table stays and is emptied: its counts show that earlier values are gone.
    client.symbols.removeAll()
    client = ClientScope(
      symbols: client.symbols, reply: rules.keepsReply ? client.reply : nil)
    endMessage()
  }

  mutating func endMessage() { message = MessageScope(of: client) }
}
