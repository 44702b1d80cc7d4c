import MilterSystem

/// The workers of a supervisor, and their states.
///
/// All methods run on the supervisor's thread, for events of workers, signals, and time.
struct WorkerFleet: Sendable {
  enum Phase {
    /// Not all workers have served yet.
    case starting
    case serving
    case stopping
  }

  let plan: SupervisorPlan
  let log: MilterLog
  let sockets: OpenSockets
  let signalMask: SignalMask
  /// Waits for messages from workers.
  let readiness: Readiness
  /// Sends a message to the service manager.
  let tell: @Sendable (ServiceManager.Message) -> Void
  /// The time to wait for messages in progress.
  var drain: Duration
  /// The interval in which each worker must report that it is alive; `nil` without a watchdog.
  var patience = ServiceManager.watchdog()
  /// The time of the last call of ``tick()``.
  var lastTick = CoarseClock.nanoseconds

  var phase = Phase.starting
  /// The exit status of the program.
  private(set) var status: Int32 = 0
  /// The processes, by their turns.
  var processes: [Int: WorkerProcess] = [:]
  var slots: [WorkerSlot]
  var round: WorkerRound?
  /// The kind of the next round, after the current round.
  var nextRound: WorkerRound.Kind?
  var totals = WorkerTotals()
  /// The questions with waiting callers, by number.
  var questions: [Int: WorkerQuestion] = [:]
  var lastQuestion = 0
  private var lastTurn = 0
  var lastReload = 0
  /// The time of the next question for statistics.
  private var askAt: UInt64 = 0

  /// The interval of questions for statistics.
  static let interval = Duration.seconds(1)
  /// The time that workers may take to end after the drain time.
  private static let grace = Duration.seconds(30)

  init(
    _ plan: SupervisorPlan, _ sockets: OpenSockets, _ readiness: Readiness, log: MilterLog,
    drain: Duration, signalMask: SignalMask,
    tell: @escaping @Sendable (ServiceManager.Message) -> Void
  ) {
    self.plan = plan
    self.sockets = sockets
    self.readiness = readiness
    self.log = log
    self.drain = drain
    self.signalMask = signalMask
    self.tell = tell
    slots = Array(repeating: WorkerSlot(), count: plan.count)
  }

  /// Whether everything has ended.
  var isOver: Bool { phase == .stopping && processes.isEmpty }

  /// The number of serving workers.
  var servingCount: Int { processes.values.count { $0.phase == .serving } }

  // MARK: Starting

  /// Starts the first worker.
  ///
  /// The others follow when it serves, so that a mistake is reported once.
  mutating func begin() { fill(0) }

  /// Starts a worker for an empty slot.
  mutating func fill(_ slot: Int) {
    slots[slot].startAt = nil
    slots[slot].current = start(for: slot)
    if slots[slot].current == nil { notStarted(slot) }
  }

  /// Starts a worker.
  ///
  /// - Returns: Its turn; `nil` if it cannot be started, with the reason in the log.
  mutating func start(for slot: Int) -> Int? {
    lastTurn += 1
    let start = WorkerStart(
      number: slot + 1, turn: lastTurn, socketCount: sockets.mail.count, rights: plan.rights)
    do {
      let (ours, theirs) = try Socket.socketPair()
      let child = try ChildProcess(
        plan.program, plan.arguments, environment: start.environment,
        inherited: sockets.mail.map(\.descriptor) + [theirs.descriptor],
        // The worker also has the supervisor's signals blocked, because a signal to the process group is not
        // for workers.
        signalMask: signalMask.blocking(SignalMask.supervisorSignals))
      theirs.close()
      let process = WorkerProcess(slot: slot, child: child, channel: ours)
      processes[lastTurn] = process
      try readiness.wait(for: .news, of: ours.descriptor, token: lastTurn)
      log.info("\(process.name) starts")
      return lastTurn
    } catch {
      log.error("worker \(slot + 1) cannot be started: \(error)")
      if let process = processes.removeValue(forKey: lastTurn) { bury(process) }
      return nil
    }
  }

  /// Handles a worker that ended before it served.
  private mutating func notStarted(_ slot: Int, status: Int32 = 1) {
    guard phase != .starting else { return fail(status) }
    // A successor is about to replace it.
    guard slots[slot].successor == nil else { return }
    restart(slot, slots[slot].policy.failedToStart())
  }

  private mutating func restart(_ slot: Int, _ decision: RestartPolicy.Decision) {
    switch decision {
    case .start(after: .zero): fill(slot)
    case .start(let pause):
      slots[slot].startAt = CoarseClock.nanoseconds &+ pause.nanoseconds
      log.notice("worker \(slot + 1) is started again in \(pause)")
    case .giveUp:
      log.error(
        "worker \(slot + 1) has ended \(RestartPolicy.mostFailures) times in a row before it served, and "
          + "is not started again; remove the cause, and send SIGHUP")
      if slots.allSatisfy(\.isAbandoned) {
        log.error("no worker is left")
        fail(1)
      }
    }
  }

  private mutating func fail(_ status: Int32) {
    self.status = status
    stop(atOnce: true)
  }

  // MARK: Stopping

  /// Stops all workers, and accepts no more connections.
  mutating func stop(atOnce isAtOnce: Bool) {
    if phase != .stopping {
      phase = .stopping
      tell(.stopping)
      // Clients in the backlog must not wait forever.
      for socket in sockets.mail {
        socket.unlinkIfOurs()
        socket.close()
      }
      round = nil
      nextRound = nil
    }
    for turn in processes.keys { tellToStop(turn, atOnce: isAtOnce) }
  }

  mutating func tellToStop(_ turn: Int, atOnce isAtOnce: Bool = false) {
    processes[turn]?.send(isAtOnce ? .stopNow : .stop)
    let time = (isAtOnce ? .zero : drain) + Self.grace
    let moment = CoarseClock.nanoseconds &+ time.nanoseconds
    let former = processes[turn]?.killAt ?? .max
    processes[turn]?.killAt = min(former, moment)
  }

  // MARK: Messages of workers

  /// Handles messages from a worker, or its end.
  mutating func received(from turn: Int) {
    // It may have ended a moment ago.
    guard var process = processes[turn] else { return }
    let (messages, rest) = process.read()
    processes[turn] = process
    for message in messages { take(message, from: turn) }
    switch rest {
    case .nothingNow: break
    case .more: try? readiness.wait(for: .news, of: process.channel.descriptor, token: turn)
    case .end: ended(turn)
    }
  }

  private mutating func take(_ message: WorkerMessage, from turn: Int) {
    switch message {
    case .ready:
      noteLife(of: turn)
      guard processes[turn]?.phase == .starting else { return }
      processes[turn]?.phase = .serving
      serves(turn)
    case .stopping:
      // A worker that fails to start also sends this.
      if processes[turn]?.phase == .serving { processes[turn]?.phase = .stopping }
    case .alive: noteLife(of: turn)
    case .reloading: break
    case .reloaded(let number): if round?.reload == number { advanceRound(after: turn) }
    case .notReloaded(let number): if round?.reload == number { endRound(failedBy: turn) }
    case .stop:
      log.notice("the filter asks to stop: stopping")
      stop(atOnce: false)
    case .statistics(let number, let counts):
      processes[turn]?.isAsked = false
      totals.set(counts, of: turn)
      questions[number]?.replies.note(turn)
    case .status(let number, let status):
      questions[number]?.statuses[turn] = status
      questions[number]?.replies.note(turn)
    }
  }

  /// Notes that a worker's engine is alive; reports from its other threads do not count.
  private mutating func noteLife(of turn: Int) {
    processes[turn]?.lastSign = CoarseClock.nanoseconds
  }

  private mutating func serves(_ turn: Int) {
    guard phase != .stopping, let slot = processes[turn]?.slot else { return }
    if slots[slot].successor == turn {
      let former = slots[slot].current
      slots[slot].current = turn
      slots[slot].successor = nil
      slots[slot].startAt = nil
      if let former { tellToStop(former) }
      return advanceRound(after: turn)
    }
    guard phase == .starting else { return }
    for other in slots.indices where slots[other].current == nil { fill(other) }
    guard phase == .starting, servingCount == plan.count else { return }
    phase = .serving
    for socket in sockets.mail { log.notice("listening on \(socket.localAddress)") }
    log.notice("\(plan.count) workers serve")
    tell(.ready)
    beginNextRound()
  }

  /// Handles the end of a worker's channel.
  private mutating func ended(_ turn: Int) {
    guard let process = processes.removeValue(forKey: turn) else { return }
    let end = bury(process)
    totals.end(turn)
    for question in questions.values { question.replies.note(turn) }
    guard phase != .stopping else { return }
    let slot = process.slot
    if slots[slot].successor == turn {
      log.error(
        "\(process.name) with the new program ended with \(end) before it served; the former program "
          + "continues")
      slots[slot].successor = nil
      endRound()
      if slots[slot].current == nil { fill(slot) }
      return
    }
    // A replaced worker has ended its last messages.
    guard slots[slot].current == turn else { return }
    slots[slot].current = nil
    if process.phase == .starting {
      log.error("\(process.name) ended with \(end) before it served")
      let status: Int32 = if case .status(let status) = end, status != 0 { status } else { 1 }
      notStarted(slot, status: status)
    } else {
      if end == .status(0) {
        log.warning("\(process.name) has stopped unexpectedly")
      } else {
        totals.crashes += 1
        log.error(
          "\(process.name) ended with \(end); its connections are closed, and their MTAs decide")
      }
      let time = CoarseClock.elapsed(since: process.began)
      let decision = slots[slot].policy.crashed(after: time)
      // A successor is about to replace it.
      if slots[slot].successor == nil { restart(slot, decision) }
    }
    guard round?.awaited == turn else { return }
    // The cause of the failure is in the configuration, which the others would also read.
    if end == .status(0) { advanceRound(after: turn) } else { endRound(endedBy: process) }
  }

  @discardableResult
  private func bury(_ process: WorkerProcess) -> ChildProcess.End {
    readiness.ignore(process.channel.descriptor)
    process.channel.close()
    // A worker that has only closed the channel cannot get commands any more.
    process.child.signal(.kill)
    return process.child.waitForEnd()
  }

  // MARK: Time

  /// Resets the workers' silence if this process itself was stopped, because their reports may not be read yet.
  private mutating func forgive(_ pause: Duration, _ patience: Duration) {
    guard pause > patience / 2 else { return }
    for turn in processes.keys { noteLife(of: turn) }
  }

  /// Performs the actions that are due.
  mutating func tick() {
    let now = CoarseClock.nanoseconds
    let pause = CoarseClock.elapsed(since: lastTick)
    lastTick = now
    if phase == .serving, patience != nil { tell(.watchdog) }
    let asks = phase == .serving && askAt <= now
    if asks { askAt = now &+ Self.interval.nanoseconds }
    for turn in processes.keys {
      processes[turn]?.flush()
      if asks, processes[turn]?.isAsked == false {
        processes[turn]?.isAsked = true
        processes[turn]?.send(.statistics(0))
      }
    }
    for (turn, process) in processes where process.killAt.map({ $0 <= now }) ?? false {
      log.error("\(process.name) does not end and is killed")
      processes[turn]?.killAt = nil
      process.child.signal(.kill)
    }
    guard phase != .stopping else { return }
    endOverdueStep()
    for slot in slots.indices where slots[slot].startAt.map({ $0 <= now }) ?? false { fill(slot) }
    guard let patience else { return }
    forgive(pause, patience)
    for process in processes.values where process.phase == .serving {
      let silence = CoarseClock.elapsed(since: process.lastSign)
      if silence > patience {
        log.error("\(process.name) has not responded for \(silence) and is killed")
        process.child.signal(.kill)
      }
    }
  }
}
