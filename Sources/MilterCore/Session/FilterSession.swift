/// The filter's side of one connection, without I/O.
///
/// A driver feeds it commands and does what it says:
///
/// ```
/// frame ─▶ receive ─▶ SessionStep ─▶ callback ─▶ answer ─▶ ReplyBuffer ─▶ socket
///             │                              │
///             └─ order of commands,          └─ actions: add, replacebody, progress
///                macros, options
/// ```
///
/// The session knows which commands may come when (``SessionState``), keeps the macros, and sends
/// what is to be sent for a status. It never calls back, reads a clock or waits: a driver may take
/// as long as it likes between ``receive(_:_:)`` and ``answer(_:_:to:)``, on any thread.
public struct FilterSession: Sendable {
  /// The last command that was executed.
  public internal(set) var state = SessionState.start
  /// The callbacks the filter has.
  public let callbacks: MilterCallbacks
  /// What a mistake of the filter does.
  public let rules: SessionRules

  /// What holds for the connection, for one client of the MTA, and for one message.
  var connection: ConnectionScope
  var client = ClientScope()
  var message = MessageScope(of: ClientScope())
  /// Whether a callback runs that is to be answered.
  package internal(set) var isAnswerOwed = false

  /// What a command comes to once abort has been run, and how often that still has to be.
  private enum Pending {
    case drop
    case execute(MTACommandCode, hasPayload: Bool)
    case fail(MilterError)
  }
  private var pending = Pending.drop
  private var pendingAborts = 0

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
  /// What was agreed with the MTA; before that no action is.
  public var agreed: MilterOptions { connection.agreed }
  /// Most bytes of payload a frame may have, in both directions.
  public package(set) var maximumPayload: Int {
    get { connection.maximumPayload }
    set { connection.maximumPayload = newValue }
  }

  /// Whether the options have been negotiated.
  package var hasNegotiated: Bool { connection.agreed.version != 0 }

  /// Whether a message is under way: if the connection ends now, abort is to be called.
  public var isInMessage: Bool { state.isInMessage }

  /// Whether a message is under way, or its end waits to be answered.
  package var hasMessage: Bool { isInMessage || message.isEnding }

  /// Takes a command and says what to do.
  ///
  /// As with libmilter, a command that comes out of order ends the message under way, puts the
  /// session to where it stands after HELO, and is executed if it fits there; else it is dropped
  /// without reply.
  public mutating func receive(_ code: UInt8, _ payload: Span<UInt8>) -> SessionStep {
    let cameInMessage = isInMessage
    guard let command = MTACommandCode(rawValue: code) else {
      let error = MilterError(
        .unknownCommand, "unknown command byte 0x\(String(code, radix: 16))")
      return after(cameInMessage ? 1 : 0, .fail(error))
    }
    // Macros may come at any time, and change nothing else.
    let isMacro = command == .macro
    let isInOrder =
      isMacro || SessionTransitions.allow(command, in: state, leavingOut: connection.leftOut)
    let aborts = cameInMessage && !isInOrder ? 1 : 0
    guard isInOrder || recover(for: command) else { return after(aborts, .drop) }
    if payload.isEmpty && command.needsPayload {
      let error = CommandLayout.malformed(command, "it is empty")
      // libmilter calls abort once for the order and once for the end.
      let isTwice = rules.abortsTwice && aborts == 1
      return after(isTwice ? 2 : cameInMessage ? 1 : 0, .fail(error))
    }
    if isMacro {
      do throws(MilterError) {
        try client.symbols.store(payload)
        return .none
      } catch {
        return after(cameInMessage ? 1 : 0, .fail(error))
      }
    }
    if aborts == 0, command != .abort { return execute(command, hasPayload: !payload.isEmpty) }
    return after(1, .execute(command, hasPayload: !payload.isEmpty))
  }

  /// Says what else there is to do for a command, after abort was run.
  public mutating func resume() -> SessionStep { after(pendingAborts, pending) }

  /// Goes on with a command when abort was run so often.
  private mutating func after(_ aborts: Int, _ next: Pending) -> SessionStep {
    if aborts > 0 {
      // What abort may ask and do is what the message left behind, not what the command brings.
      if case .fail = next { endMessage() }
      if state.isInMessage { state = .helo }
      pendingAborts = aborts - 1
      pending = next
      return .abort
    }
    switch next {
    case .drop: return .none
    case .execute(let command, let hasPayload): return execute(command, hasPayload: hasPayload)
    case .fail(let error):
      endMessage()
      if !rules.forgetsBrokenCommand { state = .quit }
      return .fail(error)
    }
  }

  /// Leaves the message for a command that does not fit; says whether it fits then.
  private mutating func recover(for command: MTACommandCode) -> Bool {
    // The end of a connection is in order everywhere. libmilter drops QUIT_NC nearly everywhere,
    // and then the connect that follows it, too: the MTA waits in vain.
    if command == .quit { return true }
    if command == .quitNewConnection { return state != .start && state != .options }
    endMessage()
    state = .helo
    return SessionTransitions.allow(command, in: state, leavingOut: connection.leftOut)
  }

  private mutating func execute(
    _ command: MTACommandCode, hasPayload: Bool
  ) -> SessionStep {
    switch command {
    case .negotiate:
      state = .options
      client.symbols.removeAll()
      return .negotiate
    case .connect:
      client.verdict = nil
      endMessage()
      return enter(.connect, .connect)
    case .helo: return enter(.helo, .helo)
    case .mail:
      endMessage()
      return enter(.mail, .envfrom)
    case .rcpt: return enter(.rcpt, .envrcpt)
    case .data: return step(.data, .data)
    case .header: return step(.header, .header)
    case .eoh: return step(.eoh, .eoh)
    case .body: return step(.body, .body)
    case .endOfBody:
      message.isEnding = true
      // The last chunk may come with the end, and concern a filter that the end does not.
      let step = step(.eom, .eom)
      return hasPayload && wants(.body) ? .call(.eom) : step
    case .unknown:
      // Inside a message the state stays: any client can send an unknown command there, and with
      // libmilter the message is then lost track of.
      return step(isInMessage ? state : .unknown, .unknown)
    case .abort:
      endMessage()
      state = .abort
      return .none
    case .quit:
      state = .quit
      return .quit
    case .quitNewConnection:
      endMessage()
      state = .quitNewConnection
      return .newConnection
    case .macro: return .none
    }
  }

  /// Moves on to a step that owns macros: those of the stages behind it are forgotten.
  private mutating func enter(
    _ next: SessionState, _ callback: MilterCallback
  ) -> SessionStep {
    let stage: MilterStage =
      switch next {
      case .connect: .connect
      case .helo: .helo
      case .mail: .envfrom
      default: .envrcpt
      }
    client.symbols.removeAll(after: stage)
    return step(next, callback)
  }

  private mutating func step(
    _ next: SessionState, _ callback: MilterCallback
  ) -> SessionStep {
    state = next
    isAnswerOwed = true
    return wants(callback) ? .call(callback) : .acknowledge(callback)
  }

  /// Whether a callback is to be run, as far as the filter is concerned.
  public func wants(_ callback: MilterCallback) -> Bool {
    let one = MilterCallbacks(callback)
    return callbacks.contains(one) && !message.skipped.contains(one) && message.heldVerdict == nil
  }

  /// Gives back memory that the macros do not need while the connection is idle.
  package func releaseStorage() { client.symbols.releaseStorage() }

  /// Forgets everything about the client, once close has been run for it.
  ///
  /// The next client need not be told with connect: an MTA may have agreed to leave that step out.
  public mutating func endClient() {
    // The emptied table stays: who has kept values of it sees by its counts that they are gone.
    client.symbols.removeAll()
    client = ClientScope(
      symbols: client.symbols, reply: rules.keepsReply ? client.reply : nil)
    endMessage()
  }

  mutating func endMessage() { message = MessageScope(of: client) }
}
