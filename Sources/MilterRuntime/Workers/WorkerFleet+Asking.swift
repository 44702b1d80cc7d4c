import MilterSystem

extension WorkerFleet {
  /// Asks all serving workers.
  ///
  /// - Parameter command: Creates the command with a question's number.
  /// - Returns: An object that waits for the answers, and the question's number for ``forget(_:)``.
  mutating func ask(_ command: (Int) -> WorkerCommand) -> (replies: WorkerReplies, number: Int) {
    lastQuestion += 1
    let asked = processes.keys.filter { turn in
      processes[turn]?.phase != .starting
        && processes[turn]?.ask(command(lastQuestion)) ?? false
    }
    let replies = WorkerReplies(from: Set(asked))
    questions[lastQuestion] = WorkerQuestion(replies: replies)
    return (replies, lastQuestion)
  }

  /// Drops a question, because nobody waits for answers any longer.
  mutating func forget(_ number: Int) { questions[number] = nil }

  /// Returns the status of all workers that have answered.
  ///
  /// - Parameters:
  ///   - number: The question's number.
  ///   - filter: The filter's name.
  /// - Returns: The report.
  func report(of number: Int, filter: String) -> StatusReport {
    let statuses = questions[number]?.statuses ?? [:]
    var parts: [ProcessStatus] = []
    for slot in slots.indices {
      let turns = processes.filter { $0.value.slot == slot }.keys.sorted()
      for turn in turns {
        guard let process = processes[turn] else { continue }
        parts.append(
          ProcessStatus(
            worker: slot + 1, process: Int(process.child.number), state: process.phase.state,
            status: statuses[turn]))
      }
      if turns.isEmpty, phase != .stopping {
        let state: ProcessStatus.State =
          phase == .starting ? .starting : slots[slot].isAbandoned ? .abandoned : .waiting
        parts.append(ProcessStatus(worker: slot + 1, state: state))
      }
    }
    let state: ProcessStatus.State =
      switch phase {
      case .starting: .starting
      case .serving: .serving
      case .stopping: .stopping
      }
    return StatusReport(
      filter: filter, process: Int(ThisProcess.number), state: state, processes: parts)
  }
}

extension WorkerProcess.Phase {
  fileprivate var state: ProcessStatus.State {
    switch self {
    case .starting: .starting
    case .serving: .serving
    case .stopping: .stopping
    }
  }
}
