import MilterSystem

extension WorkerFleet {
  /// Handles a signal.
  mutating func signal(_ signal: Signal) {
    switch signal {
    case .user1: for turn in processes.keys { processes[turn]?.send(.list) }
    case .hangup: begin(.reload)
    case .user2: begin(.replace)
    default:
      let isAtOnce = signal == .interrupt || phase == .stopping
      log.notice("signal \(signal.rawValue): stopping" + (isAtOnce ? " at once" : ""))
      stop(atOnce: isAtOnce)
    }
  }

  /// Starts a round: an action on all workers, one after the other; if another round is in progress, after it.
  ///
  /// A replacement does not wait for the current round, but ends it.
  private mutating func begin(_ kind: WorkerRound.Kind) {
    guard phase != .stopping else { return }
    // The program's file may have changed again, and a worker that hangs must end. All new workers read the
    // configuration.
    if kind == .replace, let present = round {
      log.notice("the workers are replaced from the first one on")
      if let turn = present.awaited { dropSuccessor(turn) }
      round = nil
    }
    nextRound = nextRound == .replace ? .replace : kind
    if phase == .serving, round == nil { beginNextRound() }
  }

  mutating func beginNextRound() {
    guard let kind = nextRound else { return }
    nextRound = nil
    tell(.reloading)
    round = WorkerRound(kind: kind, slots: Array(slots.indices))
    advanceRound()
  }

  /// Continues after the awaited worker is done or has ended.
  mutating func advanceRound(after turn: Int) {
    if round?.awaited == turn { advanceRound() }
  }

  private mutating func advanceRound() {
    guard phase == .serving, var present = round else { return }
    guard !present.slots.isEmpty else {
      takeSettings()
      log.notice(present.kind == .reload ? "all workers have reloaded" : "all workers are replaced")
      return endRound()
    }
    let slot = present.slots.removeFirst()
    present.awaited = present.kind == .reload ? slots[slot].current : nil
    present.since = CoarseClock.nanoseconds
    round = present
    // The cause of its failure may have gone.
    if slots[slot].isAbandoned { slots[slot].policy = RestartPolicy() }
    switch present.kind {
    case .reload:
      guard let turn = present.awaited else {
        // The new worker reads the current configuration.
        fill(slot)
        return advanceRound()
      }
      lastReload += 1
      round?.reload = lastReload
      processes[turn]?.send(.reload(lastReload))
    case .replace:
      slots[slot].startAt = nil
      guard let turn = start(for: slot) else {
        if slots[slot].current == nil { slots[slot].startAt = CoarseClock.nanoseconds }
        return endRound()
      }
      slots[slot].successor = turn
      round?.awaited = turn
    }
  }

  /// Applies the workers' current configuration to the supervisor.
  private mutating func takeSettings() {
    guard let settings = plan.settings else { return }
    do {
      let new = try settings()
      drain = new.drain
      log.threshold?.level = new.log.level
    } catch {
      log.error("the supervisor keeps its drain time and log level: \(error)")
    }
  }

  /// Ends a round whose worker takes too long.
  mutating func endOverdueStep() {
    guard let round, let turn = round.awaited, let process = processes[turn],
      CoarseClock.elapsed(since: round.since) > WorkerRound.patience
    else { return }
    switch round.kind {
    case .reload:
      log.error(
        "\(process.name) has not reloaded within \(WorkerRound.patience), so the workers after it are not "
          + "asked to")
      endRound()
    case .replace:
      log.error(
        "\(process.name) with the new program is not ready after \(WorkerRound.patience) and is "
          + "killed; the former program continues")
      dropSuccessor(turn)
      endRound()
    }
  }

  /// Kills a successor that did not become ready.
  private mutating func dropSuccessor(_ turn: Int) {
    guard let process = processes[turn], slots[process.slot].successor == turn else { return }
    slots[process.slot].successor = nil
    if slots[process.slot].current == nil { slots[process.slot].startAt = CoarseClock.nanoseconds }
    process.child.signal(.kill)
  }

  /// Ends a round because a worker could not reload; the workers after it keep their settings.
  mutating func endRound(failedBy turn: Int) {
    guard round?.awaited == turn, let process = processes[turn] else { return }
    log.error("\(process.name) has not reloaded, so the workers after it are not asked to")
    endRound()
  }

  /// Ends a round because a worker has ended during its reload; the others keep their settings.
  mutating func endRound(endedBy process: WorkerProcess) {
    log.error("\(process.name) ended while it reloaded, so the workers after it are not asked to")
    endRound()
  }

  mutating func endRound() {
    guard round != nil else { return }
    round = nil
    guard phase == .serving else { return }
    tell(.ready)
    beginNextRound()
  }
}
