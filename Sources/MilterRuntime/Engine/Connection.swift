import Dispatch
import MilterCore
import MilterSystem

/// One MTA's connection, from accept to close.
///
/// A busy connection has a thread of the pool, which blocks in `read`: one system call a burst. When
/// nothing comes for the linger time, it gives the thread and its buffers back and waits with the
/// other idle ones, which costs no thread. The same holds for an MTA that does not take its replies:
/// nothing is read from it meanwhile.
///
/// ```
///          bytes, or room for replies, or the server stops, or the time is up
///        ┌───────────────────────────────────────────────┐
///        ▼                                               │
///     running ── nothing came for the linger time ──▶ idle
///        │    ── replies are not taken ─────────────────▶
///        │
///        │         a callback suspended
///        ├──────────────────────────▶ suspended, which the callback's end makes running
///        │
///        └── quit, end of stream, error ──▶ ended
/// ```
///
/// `@unchecked Sendable`: everything but `idle` and the atomics belongs to the thread that runs the
/// connection. `park()` gives it up and `wake()` hands it on, under the lock of `idle`. So there is
/// nothing for the compiler's checks of overlapping accesses to find, which would cost every command.
final class Connection: PoolWork, @unchecked Sendable {
  let socket: Socket
  private let engine: Engine
  private let settings: ConnectionSettings
  /// By which the log knows the connection, counted from the start of the server.
  let number: Int
  /// The watch over the callbacks; nil if they have no limits.
  let watch: CallbackWatch?
  private let conversation: Conversation
  @exclusivity(unchecked) private var stay = ThreadStay()
  /// The counters of the serving thread.
  @exclusivity(unchecked) private var counters: ThreadCounters?

  let idle = SystemMutex(ConnectionRest())

  let clock: CommandClock
  let presence = Presence()

  /// Whether the connection ends as soon as the last replies are sent.
  @exclusivity(unchecked) private var isOver = false
  /// Whether a callback that suspended has ended since the connection had a thread.
  @exclusivity(unchecked) private var isResumed = false
  /// Whether the filter is being told that the connection ended.
  @exclusivity(unchecked) private var isEnding = false

  init(_ socket: Socket, number: Int, settings: ConnectionSettings, engine: Engine) {
    self.number = number
    self.socket = socket
    self.engine = engine
    self.settings = settings
    watch = settings.limits.map { CallbackWatch(socket, $0) }
    clock = CommandClock(settings.configuration)
    conversation = Conversation(
      socket, name: engine.name, connection: number, configuration: settings.configuration,
      watch: watch, presence: presence, threads: engine.pool, counters: engine.counters,
      makeHandler: engine.makeHandler)
  }

  // MARK: On a thread of the pool

  /// Serves the connection until it falls silent or ends.
  func serve(counting counters: ThreadCounters, receivingInto memory: PageMemory?) {
    guard let epoch = settings.configuration.epoch else { return serveNow(counters, memory) }
    SettingsEpoch.$ofConnection.withValue(epoch) { serveNow(counters, memory) }
  }

  private func serveNow(_ counters: ThreadCounters, _ memory: PageMemory?) {
    self.counters = counters
    presence.gotThread()
    conversation.withLock { conversation in
      conversation.counters = counters
      conversation.input.lend(memory)
    }
    guard proceed(counters) else { return }
    while true {
      let end = conversation.runDue { [self] in
        isResumed = true
        return proceed(counters)
      }
      switch end {
      case .suspended: return suspend()
      case .anotherDue: continue
      case .nothingDue: return
      }
    }
  }

  /// Goes on until the connection falls silent or ends, or a callback is due, which a task is to run.
  ///
  /// - Returns: whether a callback is due; if not, the connection may be another thread's by now.
  private func proceed(_ counters: ThreadCounters) -> Bool {
    guard !isEnding else { return endConversation() }
    do {
      switch try converse() {
      case .silent: try park()
      case .due: return true
      case .over: return end()
      }
    } catch let error as SocketError where error.code == .disconnected {
      // Without a filter no byte has come: it was a health check.
      if conversation.hasFilter { counters.count(.disconnected) }
      if conversation.commandCount > 0 {
        log.put(.info, .left, "\(error)")
      }
      return end()
    } catch {
      if isHealthCheck { return end() }
      counters.count(.init(error))
      let isStranger = conversation.commandCount == 0 && Strangers.areMeant(by: error)
      if isStranger {
        engine.strangers.close(LogText.harmless(error))
      } else {
        log.put(.warning, .closed, "closing a connection: \(LogText.harmless(error))")
      }
      return end(isCounted: isStranger)
    }
    return false
  }

  /// Whether the peer has sent a request of HTTP where the first command is due.
  private var isHealthCheck: Bool {
    conversation.commandCount == 0
      && conversation.withLock { Strangers.areHTTP($0.input.first(8)) }
  }

  /// Why a connection gives up its thread.
  private enum Pause {
    /// Nothing comes, or replies are not taken.
    case silent
    /// A callback is to run in a task.
    case due
    case over
  }

  /// Reads and works until the connection falls silent, its replies are not taken, a callback is due, or
  /// it is over.
  private func converse() throws -> Pause {
    if isResumed {
      isResumed = false
      if case .worked(.due, _) = try exchange(.nothing) { return .due }
    }
    if let longer = stay.resume(settings.configuration.linger) {
      try socket.setReceiveTimeout(milliseconds: max(1, longer.milliseconds))
    }
    stay.settleIfBusy(engine.pool, counters)
    if isBlocked {
      // Work begins with the replies that wait; a connection that is over does no more than that.
      if isOver {
        try conversation.withLock { try $0.flush() }
      } else if case .worked(.due, _) = try exchange(.nothing) {
        return .due
      }
      if isBlocked, hasExpired { throw expired }
    }
    while !isBlocked, !isOver {
      // Nor does a thread linger with a connection that is about to end.
      let lingers = stay.mayLinger(engine.pool) && !mayEnd
      switch try exchange(lingers ? .waiting : .available) {
      case .worked(.due, _): return .due
      case .worked: break
      case .silence:
        // Only now: what came in time may have waited for a thread.
        if hasExpired { throw expired }
        // The engine wakes the connection again when it is to end.
        return mayEnd ? .over : .silent
      case .endOfStream:
        if isBroken {
          throw SocketError(.disconnected, "the MTA left in the middle of a message or command")
        }
        return .over
      }
    }
    return isBlocked ? .silent : .over
  }

  /// Performs an exchange, and notes whether the MTA completed a command in it.
  @inline(__always)
  private func exchange(_ reading: Conversation.Reading) throws -> Conversation.Exchange {
    let before = conversation.commandCount
    let exchange = try conversation.exchange(reading)
    guard case .worked(let progress, let bytes) = exchange else { return exchange }
    if bytes > 0 { stay.received(bytes) }
    // A callback under way is the watch's business.
    guard take(progress) != .due else { return exchange }
    if conversation.commandCount != before, noteProgress() {
      stay.madeProgress()
      stay.settleIfBusy(engine.pool, counters)
    } else if hasExpired {
      // Bytes that make no command do not count.
      throw expired
    }
    return exchange
  }

  /// Whether an MTA that sends nothing more has left a message or a frame unfinished.
  private var isBroken: Bool {
    guard conversation.commandCount > 0, !idle.withLock({ $0.isCut }) else { return false }
    return conversation.withLock { $0.session.isInMessage || !$0.input.isEmpty }
  }

  /// Gives up the thread.
  private func leaveThread() {
    stay.leave(engine.pool, counters)
    counters = nil
  }

  private var log: MilterLog { conversation.withLock { $0.log } }

  private var isInMessage: Bool { conversation.withLock { $0.session.isInMessage } }

  /// Whether the connection is to end because the server stops.
  ///
  /// An MTA that has just connected, or ended a message, may be about to send another message.
  private var mayEnd: Bool { engine.isStopping && !isInMessage && isQuiet }

  /// How long an MTA between messages may be silent when the server stops.
  private static let quiet = Duration.seconds(1)

  /// Whether replies wait for the MTA to take them.
  private var isBlocked: Bool { conversation.withLock { $0.isBlocked } }

  private func take(_ progress: Conversation.Progress) -> Conversation.Progress {
    if progress == .over { isOver = true }
    return progress
  }

  /// Notes that a command was done with.
  ///
  /// - Returns: whether that gains time: nothing does before the negotiation.
  @inline(__always)
  private func noteProgress() -> Bool {
    clock.note(hasNegotiated: conversation.withLock { $0.session.hasNegotiated })
  }

  private var expired: SocketError {
    let what =
      isBlocked
      ? "no replies were taken"
      : clock.hasNegotiated || conversation.commandCount == 0
        ? "no command came" : "no options were negotiated"
    return SocketError(.timedOut, "\(what) for \(clock.patience)")
  }

  /// Ends the connection.
  ///
  /// - Parameter isCounted: whether the log has the connection among the strangers already.
  /// - Returns: whether a callback is due first.
  private func end(isCounted: Bool = false) -> Bool {
    if conversation.commandCount > 0 {
      log.put(.info, .ended, "a connection ended after \(conversation.commandCount) commands")
    } else if !isCounted {
      engine.strangers.left()
      if !conversation.hasFilter || isHealthCheck { counters?.add(to: .healthChecks) }
    }
    if settings.configuration.tellsOfProbes, !conversation.hasFilter { conversation.attach() }
    isEnding = true
    return endConversation()
  }

  /// Tells the filter that the connection ended, and ends it.
  ///
  /// - Returns: whether a callback is due first.
  private func endConversation() -> Bool {
    guard conversation.end() else { return true }
    leaveThread()
    idle.withLock { $0.isClosed = true }
    socket.close()
    engine.ended(self)
    return false
  }

  /// - Throws: if the system cannot wait for the connection, which then is to end.
  private func park() throws {
    conversation.withLock { $0.rest() }
    leaveThread()
    stay.fallIdle()
    let (isInMessage, isBlocked) = (isInMessage, isBlocked)
    presence.givesUpThread()
    try idle.withLock { idle in
      let event = isBlocked ? Readiness.Event.writable : .readable
      try engine.idle.wait(for: event, of: socket, number: number)
      idle.isIdle = true
      idle.isInMessage = isInMessage || isBlocked
      idle.isBlocked = isBlocked
    }
  }

  /// Gives up the thread until the callback that suspended has ended.
  private func suspend() {
    conversation.rest()
    leaveThread()
    let executor = conversation.executor
    presence.givesUpThread()
    let needsMTA = conversation.isUselessWithoutMTA
    let suspension = Suspension(
      executor, needsMTA: needsMTA, received: needsMTA ? conversation.input.waiting : [])
    let isCut = idle.withLock { idle in
      idle.suspension = suspension
      // If the system cannot wait for it, the callback goes on without need when the MTA leaves.
      if suspension.needsMTA { try? engine.idle.wait(for: .news, of: socket, number: number) }
      return idle.isCut
    }
    // Its time, or the drain's, may have been over before it suspended.
    let isUseless = suspension.isAborted || isCut || watch?.isOverdue ?? false
    executor.leave { [self] in
      idle.withLock { idle in
        idle.suspension = nil
        engine.idle.ignore(socket)
      }
      isResumed = true
      queue()
    }
    if isUseless { cancel(suspension) }
  }

  // MARK: On any thread

  /// Has a thread serve the connection, which has none.
  func queue() {
    presence.wantsThread()
    engine.pool.run(self)
  }

  /// Has a thread serve the connection, if it has none; cancels a callback that is suspended if the MTA
  /// has left or given up the message.
  func wake() {
    let (isClaimed, useless) = idle.withLock { idle -> (Bool, Suspension?) in
      // Under the lock, since the socket may be closed once the callback has ended.
      if let suspension = idle.suspension {
        return (false, suspension.isUseless(socket) ? suspension : nil)
      }
      return (idle.claim(), nil)
    }
    if isClaimed { queue() }
    if let useless { cancel(useless) }
  }

  /// Cancels a callback on a thread of the pool: the filter may have cancellation handlers that block.
  private func cancel(_ suspension: Suspension) {
    engine.pool.run(CallbackCancellation(suspension))
  }

  /// Cancels the callback that is suspended if its time is over.
  func cancelOverdue() {
    // Under the lock, since it may have ended, and another one, whose time is not over, have suspended.
    let suspension = idle.withLock { idle in
      watch?.isOverdue ?? false ? idle.suspension : nil
    }
    if let suspension { cancel(suspension) }
  }

  /// Cancels the callback that is suspended.
  private func cancelCallback() {
    if let suspension = idle.withLock({ $0.suspension }) { cancel(suspension) }
  }

  /// Has a thread end the connection if it is between messages and the MTA has been silent.
  func wakeToEnd() {
    if isQuiet, idle.withLock({ !$0.isInMessage && $0.claim() }) { queue() }
  }

  /// Whether the MTA has been silent long enough that another message is unlikely.
  private var isQuiet: Bool { clock.silence > Self.quiet }

  /// Whether the MTA has been silent, or in the middle of a command, for too long.
  var hasExpired: Bool { clock.hasExpired }

  /// Shuts the socket down so that a blocked read returns.
  func cut() {
    idle.withLock { idle in
      idle.isCut = true
      if !idle.isClosed { try? socket.shutdown() }
    }
    cancelCallback()
    wake()
  }
}
