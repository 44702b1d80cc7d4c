import MilterPlatform
import MilterSystem

extension WorkerFleet {
  /// A signal has come.
  mutating func signal(_ number: Int32) {
    switch number {
    case SIGUSR1: for turn in processes.keys { processes[turn]?.send(.list) }
    case SIGHUP: begin(.reload)
    case SIGUSR2: begin(.replace)
    default:
      let isAtOnce = number == SIGINT || phase == .stopping
      log.notice("signal \(number): stopping" + (isAtOnce ? " at once" : ""))
      stop(atOnce: isAtOnce)
    }
  }

  /// Does something to all workers, one after the other; after the present round if there is one.
  private mutating func begin(_ kind: WorkerRound.Kind) {
    guard phase != .stopping else { return }
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

  /// The worker that was waited for is done, or gone.
  mutating func advanceRound(after turn: Int) {
    if round?.awaited == turn { advanceRound() }
  }

  private mutating func advanceRound() {
    guard phase == .serving, var present = round else { return }
    guard !present.slots.isEmpty else {
      log.notice(present.kind == .reload ? "all workers have reloaded" : "all workers are replaced")
      return endRound()
    }
    let slot = present.slots.removeFirst()
    present.awaited = present.kind == .reload ? slots[slot].current : nil
    round = present
    // It has failed for a reason that may be gone.
    if slots[slot].isAbandoned { slots[slot].policy = RestartPolicy() }
    switch present.kind {
    case .reload:
      guard let turn = present.awaited else {
        // The one that is started now reads the configuration as it is.
        fill(slot)
        return advanceRound()
      }
      processes[turn]?.send(.reload)
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

  /// A worker keeps its settings: so do those whose turn has not come.
  mutating func endRound(failedBy turn: Int) {
    guard round?.awaited == turn, let process = processes[turn] else { return }
    log.error("\(process.name) has not reloaded, so the workers after it are not asked to")
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
