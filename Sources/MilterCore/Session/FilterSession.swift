/// The filter's side of one connection, without I/O: the one loop from commands to callbacks.
///
/// A driver feeds it commands and performs the steps that it returns:
///
/// ```
/// frame ─▶ receive ─▶ SessionStep ─▶ callback ─▶ answer ─▶ ReplyBuffer ─▶ socket
///                        ▲              │           │
///                        │              │           └─ next SessionStep
///                        │              └─ actions: add, replacebody, progress
///                        └─ resume, after a step without a status
/// ```
///
/// The session knows which commands may come when (``SessionState``), keeps the macros, determines which
/// callbacks run and when a message begins and ends, and sends the reply for a status. It
/// never calls back, reads a clock or waits: a driver may take as long as it likes for a step, on any
/// thread.
public struct FilterSession: Sendable {
  /// The last command that was executed.
  public internal(set) var state = SessionState.start
  /// The callbacks the filter has.
  public let callbacks: MilterCallbacks
  /// The effects of the filter's mistakes.
  public let rules: SessionRules

  /// The state of the connection, of one client of the MTA, and of one message.
  var connection: ConnectionScope
  var client = ClientScope()
  var message = MessageScope(of: ClientScope())

  /// The callback whose reply is due.
  var running: MilterCallback?
  /// Whether the driver has had the step for a message's beginning, but not yet the one for its end.
  package internal(set) var hasBegunMessage = false
  /// The result of the current command, and the number of aborts that must run before it.
  var pending = Pending.nothing
  var pendingAborts = 0

  /// Makes a session for a filter with these callbacks.
  public init(callbacks: MilterCallbacks, rules: SessionRules = .strict) {
    self.callbacks = callbacks
    self.rules = rules
    connection = ConnectionScope(leavingOut: callbacks.notWanted)
  }

  /// The macros sent so far.
  public var symbols: MilterSymbols { client.symbols }
  /// The reply to send instead of a plain reject or tempfail, until it is used.
  public var reply: MilterReply? {
    get { client.reply }
    set { client.reply = newValue }
  }
  /// The options agreed with the MTA; before the negotiation, no actions.
  public var agreed: MilterOptions { connection.agreed }
  /// Most bytes of payload a frame may have, in both directions.
  public package(set) var maximumPayload: Int {
    get { connection.maximumPayload }
    set { connection.maximumPayload = newValue }
  }

  /// Whether the options have been negotiated.
  package var hasNegotiated: Bool { connection.agreed.version != 0 }

  /// Whether a message is under way: if the connection ends now, abort must be called.
  public var isInMessage: Bool { state.isInMessage }

  /// Whether a message is under way, or its end waits to be answered.
  var hasMessage: Bool { isInMessage || message.isEnding }

  /// Whether a callback runs whose reply is due.
  package var isAnswerOwed: Bool { running != nil }

  /// Whether the end of a message waits to be answered.
  package var isEndOfMessage: Bool { message.isEnding }

  /// Whether the filter wants a callback to run.
  public func wants(_ callback: MilterCallback) -> Bool {
    let one = MilterCallbacks(callback)
    return callbacks.contains(one) && !message.skipped.contains(one) && message.heldVerdict == nil
  }

  /// Takes a command and returns the next step.
  ///
  /// As with libmilter, a command that comes out of order ends the message under way and puts the
  /// session in the state after HELO. If the command fits there, it is executed; otherwise it is dropped
  /// without a reply.
  public mutating func receive(_ code: UInt8, _ payload: Span<UInt8>) -> SessionStep {
    let cameInMessage = isInMessage
    guard let command = MTACommandCode(rawValue: code) else {
      let error = MilterError(
        .unknownCommand, "unknown command byte 0x\(String(code, radix: 16))")
      return after(cameInMessage ? 1 : 0, .fail(error))
    }
    // Macros may come at any time, and change nothing else.
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

  /// Leaves the message for a command that does not fit; returns whether it fits then.
  private mutating func recover(for command: MTACommandCode) -> Bool {
    // The end of a connection is in order everywhere. libmilter drops QUIT_NC nearly everywhere,
    // and then also the connect that follows it: the MTA waits in vain.
    if command == .quit { return true }
    if command == .quitNewConnection { return state != .start && state != .options }
    endMessage()
    state = .helo
    return connection.transitions.allow(command, in: state)
  }

  /// The value of a macro and where it was found; nil when the MTA has not sent it.
  ///
  /// It changes nothing, but is mutating: a session that nobody guards from overlapping accesses would
  /// be copied for the call.
  package mutating func find(_ macro: String) -> (value: [UInt8], place: MilterSymbols.Place)? {
    client.symbols.find(macro.utf8)
  }

  /// Whether a macro is still where it was found; mutating as ``find(_:)`` is.
  package mutating func isCurrent(_ place: MilterSymbols.Place) -> Bool {
    client.symbols.isCurrent(place)
  }

  /// Gives back memory that the macros do not need while the connection is idle.
  package func releaseStorage() { client.symbols.releaseStorage() }

  /// Forgets everything about the client, once close has been run for it.
  ///
  /// The next client need not begin with connect: an MTA may have agreed to leave that step out.
  mutating func endClient() {
    // The emptied table stays: its counts show the holders of its values that they are gone.
    client.symbols.removeAll()
    client = ClientScope(
      symbols: client.symbols, reply: rules.keepsReply ? client.reply : nil)
    endMessage()
  }

  mutating func endMessage() { message = MessageScope(of: client) }
}
