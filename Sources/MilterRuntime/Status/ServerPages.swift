import MilterSystem

/// The pages of a server or a supervisor: the statistics on one socket, and the status on another.
struct ServerPages: Sendable {
  /// Serves the statistics; `nil` without a socket for them.
  let metrics: PageListener?
  /// Reports the status; `nil` without a socket for it.
  let control: PageListener?

  /// Creates the pages, which are not served yet.
  ///
  /// - Throws: An error if the system has no descriptor left.
  init(_ sockets: OpenSockets) throws(SocketError) {
    metrics = if let socket = sockets.metrics { try PageListener(socket) } else { nil }
    control = if let socket = sockets.control { try PageListener(socket) } else { nil }
  }

  /// Serves the pages.
  ///
  /// - Parameters:
  ///   - configuration: The configuration, with the filter's names.
  ///   - counters: The statistics.
  ///   - isDraining: Returns whether the server ends its last messages.
  ///   - report: Returns the report for a filter's name; `nil` if nothing is left to report on.
  /// - Throws: An error if the system has no thread left; the pages must then be stopped.
  func start(
    _ configuration: MilterConfiguration, counters: any StatisticsSource,
    isDraining: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (String) -> StatusReport?
  ) throws {
    let pages = MetricsPages(
      filter: configuration.metricsListener?.filter ?? "", counters: counters,
      isDraining: isDraining)
    try metrics?.start(page: pages.page)
    let filter = configuration.control?.filter ?? ""
    try control?.start(page: StatusPages { report(filter) }.page)
  }

  /// Logs the addresses of the pages.
  func logListeners(in log: MilterLog) {
    if let metrics { log.notice("serving metrics on \(metrics.address)") }
    if let control { log.notice("answering milter status on \(control.address)") }
  }

  /// Stops serving.
  func stop() {
    metrics?.stop()
    control?.stop()
  }
}
