import MilterSystem

extension Engine {
  /// The maximum number of lines of one list in the log.
  private static let mostLines = 100

  /// Logs the state of each connection, the oldest first.
  func logConnections() {
    let status = status(listing: Self.mostLines)
    configuration.log.notice(status.summary)
    for connection in status.connections { configuration.log.notice(connection.line) }
    let omitted = status.count - status.connections.count
    if omitted > 0 { configuration.log.notice(EngineStatus.omission(omitted)) }
  }

  /// Returns the status of the connections and the threads.
  ///
  /// It takes no lock that is held while a callback runs.
  ///
  /// - Parameter most: The maximum number of listed connections.
  /// - Returns: The status.
  func status(listing most: Int = EngineStatus.mostListed) -> EngineStatus {
    let all = currentConnections.sorted { $0.number < $1.number }
    let now = CoarseClock.nanoseconds
    var status = EngineStatus()
    status.connections = all.prefix(most).map { $0.status(at: now) }
    for place in status.connections.map(\.place) + all.dropFirst(most).map(\.place) {
      status.counts[place, default: 0] += 1
    }
    status.process = Int(ThisProcess.number)
    status.isStopping = isStopping
    status.isFull = listeners.contains(where: \.isPaused)
    status.mostConnections = settings.configuration.maxConnections
    status.threads = pool.status
    return status
  }

  /// Returns the report of a process without workers.
  func report(of filter: String) -> StatusReport {
    let status = status()
    let state: ProcessStatus.State = status.isStopping ? .stopping : .serving
    return StatusReport(
      filter: filter, process: status.process, state: state,
      processes: [ProcessStatus(process: status.process, state: state, status: status)])
  }
}
