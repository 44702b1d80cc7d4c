import Dispatch
import MilterCore
import MilterSystem

/// The connection of one MTA, from accept to close.
///
/// A busy connection has a thread of the pool, which blocks in `read`: one system call for each burst. If
/// nothing arrives within the linger time, the connection returns the thread and its buffers, and waits
/// together with other idle connections, without a thread. It does the same if the MTA does not read its
/// replies: nothing is then read from the MTA.
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
/// `@unchecked Sendable`: everything except `idle` and the atomics belongs to the connection's thread. `park()`
/// gives this ownership up and `wake()` passes it on, under the lock of `idle`. So exclusivity checks, which
/// would cost time for every command, cannot find anything.
final class Connection: PoolWork, @unchecked Sendable {
  let socket: Socket
  let engine: Engine
  private let settings: ConnectionSettings
  /// The connection's number in the log, counted from the start of the server.
  let number: Int
  /// The watch over the callbacks; `nil` if they have no limits.
  let watch: CallbackWatch?
  private let conversation: Conversation
  @exclusivity(unchecked) private var stay = ThreadStay()
  /// The counters of the serving thread.
  @exclusivity(unchecked) private var counters: ThreadCounters?

  let idle = SystemMutex(ConnectionRest())

  let clock: CommandClock
  let presence = Presence()

  /// Whether the connection ends after the last replies are sent.
  @exclusivity(unchecked) private var isOver = false
  /// Whether a suspended callback has ended since the connection last had a thread.
  @exclusivity(unchecked) private var isResumed = false
  /// Whether the filter is being told that the connection has ended.
  @exclusivity(unchecked) private var isEnding = false

  init(_ socket: Socket, number: Int, settings: ConnectionSettings, engine: Engine) {
    self.number = number
    self.socket = socket
    self.engine = engine
    self.settings = settings
    watch = settings.limits.map { CallbackWatch(socket, $0) }
    clock = CommandClock(
      timeout: settings.configuration.timeout,
      negotiationTimeout: settings.configuration.negotiationTimeout)
    conversation = Conversation(
      .socket(socket), name: engine.name, connection: number, settings: settings.conversation,
      watch: watch, presence: presence, threads: engine.pool, counters: engine.counters,
      makeHandler: engine.makeHandler)
  }

  // MARK: On a thread of the pool

  /// Serves the connection until it is silent or ends.
  func serve(counting counters: ThreadCounters, receivingInto memory: PageMemory?) {
    guard let epoch = settings.configuration.epoch else { return serveNow(counters, memory) }
    SettingsEpoch.$ofConnection.withValue(epoch) { serveNow(counters, memory) }
  }

  private func serveNow(_ counters: ThreadCounters, _ memory: PageMemory?) {
    self.counters = counters
    presence.gotThread()
    conversation.begin(counting: counters, receivingInto: memory)
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

  /// Continues until the connection is silent or ends, or a callback is due, which must run in a task.
  ///
  /// - Returns: Whether a callback is due. If not, another thread may already have the connection.
  private func proceed(_ counters: ThreadCounters) -> Bool {
    guard !isEnding else { return endConversation() }
    do {
      switch try converse() {
      case .silent: try park()
      case .due: return true
      case .over: return end()
      }
    } catch let error as SocketError where error.code == .disconnected {
      // Without a filter, no byte has arrived, and the connection was a health check.
      if conversation.hasFilter { counters.count(.disconnected) }
      if conversation.commandCount > 0 {
        log.put(.info, .left, "\(error)")
      }
      return end()
    } catch {
      if conversation.isHealthCheck { return end() }
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

  /// The reason why a connection gives up its thread.
  private enum Pause {
    /// Nothing arrives, or the MTA does not read replies.
    case silent
    /// A callback must run in a task.
    case due
    case over
  }

  /// Reads and handles commands until the connection is silent, the MTA does not read replies, a callback is
  /// due, or the connection must end.
  private func converse() throws -> Pause {
    if let longer = stay.resume(settings.configuration.linger) {
      try socket.setReceiveTimeout(milliseconds: max(1, longer.milliseconds))
    }
    while true {
      // The references of the filter are counted once, and not for each exchange.
      if let handler = conversation.handler { return try converse(with: handler) }
      if let pause = try begin() { return pause }
    }
  }

  /// Performs the first exchange, which creates the filter.
  ///
  /// - Returns: `nil` if the conversation continues.
  private func begin() throws -> Pause? {
    switch try exchange(try conversation.exchange(reading)) {
    case .worked(.due, _): .due
    case .worked: conversation.hasFilter ? nil : .over
    case .silence: try pauseInSilence()
    case .endOfStream: .over
    }
  }

  private func converse(with handler: any SessionHandler) throws -> Pause {
    if isResumed {
      isResumed = false
      if case .worked(.due, _) = try exchange(
        try conversation.exchange(.nothing, with: handler))
      {
        return .due
      }
    }
    stay.settleIfBusy(engine.pool, counters)
    // Frames may also wait if another thread of a C filter has sent the waiting replies in the meantime.
    if conversation.hasUnreadReplies || conversation.endedBlocked {
      // The waiting replies come first. If the connection must end, nothing else follows.
      if isOver {
        try conversation.sendLast()
      } else if case .worked(.due, _) = try exchange(
        try conversation.exchange(.nothing, with: handler))
      {
        return .due
      }
      if conversation.hasUnreadReplies, hasExpired { throw expired }
    }
    // Another thread may send the replies after the exchange, and `park()` looks again.
    var endedBlocked = isOver ? conversation.hasUnreadReplies : conversation.endedBlocked
    while !endedBlocked, !isOver {
      switch try exchange(try conversation.exchange(reading, with: handler)) {
      case .worked(.due, _): return .due
      case .worked: endedBlocked = conversation.endedBlocked
      case .silence: return try pauseInSilence()
      case .endOfStream:
        if isBroken {
          throw SocketError(.disconnected, "the MTA left in the middle of a message or command")
        }
        return .over
      }
    }
    return endedBlocked ? .silent : .over
  }

  /// How the next exchange reads: a thread does not linger if others need it, or with a connection that is about
  /// to end.
  private var reading: Conversation.Reading {
    stay.mayLinger(engine.pool) && !mayEnd ? .waiting : .available
  }

  /// Returns what follows if nothing has arrived.
  private func pauseInSilence() throws -> Pause {
    // Not earlier, because input that arrived in time may have waited for a thread.
    if hasExpired { throw expired }
    // The engine wakes the connection again when it must end.
    return mayEnd ? .over : .silent
  }

  /// Performs an exchange, and notes whether the MTA completed a command in it.
  @inline(__always)
  private func exchange(
    _ perform: @autoclosure () throws -> Conversation.Exchange
  ) throws -> Conversation.Exchange {
    let before = conversation.commandCount
    let exchange = try perform()
    guard case .worked(let progress, let bytes) = exchange else { return exchange }
    // The watch handles a running callback.
    guard take(progress) != .due else { return exchange }
    if conversation.commandCount != before, noteProgress() {
      stay.madeProgress()
      stay.settleIfBusy(engine.pool, counters)
    } else {
      if bytes > 0 { stay.receivedPart(bytes) }
      // Bytes that do not complete a command do not count.
      if hasExpired { throw expired }
    }
    return exchange
  }

  /// Whether an MTA that sends nothing more has left a message or a frame incomplete.
  private var isBroken: Bool {
    guard conversation.commandCount > 0, !idle.withLock({ $0.isCut }) else { return false }
    return conversation.isIncomplete
  }

  /// Gives up the thread.
  private func leaveThread() {
    stay.leave(engine.pool, counters)
    counters = nil
  }

  private var log: MilterLog { conversation.withLock { $0.log } }

  /// Whether the connection must end because the server stops.
  ///
  /// An MTA that has just connected, or has ended a message, may be about to send another message.
  private var mayEnd: Bool { engine.isStopping && !conversation.isInMessage && isQuiet }

  private func take(_ progress: Conversation.Progress) -> Conversation.Progress {
    if progress == .over { isOver = true }
    return progress
  }

  /// Notes that a command is complete.
  ///
  /// - Returns: Whether this extends the time; nothing does before the negotiation.
  @inline(__always)
  private func noteProgress() -> Bool {
    clock.note(hasNegotiated: conversation.hasNegotiated)
  }

  private var expired: SocketError {
    let what =
      conversation.hasUnreadReplies
      ? "no replies were read"
      : clock.hasNegotiated || conversation.commandCount == 0
        ? "no command came" : "no options were negotiated"
    return SocketError(.timedOut, "\(what) for \(clock.patience)")
  }

  /// Ends the connection.
  ///
  /// - Parameter isCounted: Whether the connection was already counted among the strangers.
  /// - Returns: Whether a callback is due first.
  private func end(isCounted: Bool = false) -> Bool {
    if conversation.commandCount > 0 {
      conversation.logEnd()
    } else if !isCounted {
      engine.strangers.left()
      if !conversation.hasFilter || conversation.isHealthCheck { counters?.add(to: .healthChecks) }
    }
    if settings.configuration.tellsOfProbes, !conversation.hasFilter { conversation.attach() }
    isEnding = true
    return endConversation()
  }

  /// Tells the filter that the connection has ended, and ends the conversation.
  ///
  /// - Returns: Whether a callback is due first.
  private func endConversation() -> Bool {
    guard conversation.end() else { return true }
    leaveThread()
    idle.withLock { $0.isClosed = true }
    socket.close()
    engine.ended(self)
    return false
  }

  /// - Throws: An error if the system cannot wait for the connection, which must then end.
  private func park() throws {
    conversation.withLock { $0.rest() }
    leaveThread()
    stay.fallIdle()
    let isInMessage = conversation.isInMessage
    // With frames that still wait, the next event is the room for replies, which may be there already.
    let isBlocked = conversation.hasUnreadReplies || conversation.endedBlocked
    presence.givesUpThread()
    try idle.withLock { idle in
      let event = isBlocked ? Readiness.Event.writable : .readable
      try engine.idle.wait(for: event, of: socket, number: number)
      idle.isIdle = true
      idle.isInMessage = isInMessage || isBlocked
      idle.isBlocked = isBlocked
    }
  }

  /// Gives up the thread until the suspended callback has ended.
  private func suspend() {
    conversation.rest()
    leaveThread()
    presence.givesUpThread()
    let suspension = conversation.suspension
    let isCut = idle.withLock { idle in
      idle.suspension = suspension
      // If the system cannot wait for the connection, the callback continues even if the MTA leaves.
      if suspension.needsMTA { try? engine.idle.wait(for: .news, of: socket, number: number) }
      return idle.isCut
    }
    // Its time, or the drain time, may have ended before it suspended.
    let isUseless = suspension.isAborted || isCut || watch?.isOverdue ?? false
    conversation.executor.leave { [self] in
      idle.withLock { idle in
        idle.suspension = nil
        engine.idle.ignore(socket)
      }
      isResumed = true
      queue()
    }
    if isUseless { cancel(suspension) }
  }
}
