extension Engine {
  /// The maximum number of lines of one list, so that it does not flood the log.
  private static let mostLines = 100

  /// Writes what each connection is doing to the log, the oldest first.
  func logConnections() {
    let all = currentConnections.sorted { $0.number < $1.number }.map(\.status)
    func count(_ places: ConnectionStatus.Place...) -> Int {
      all.count { places.contains($0.place) }
    }
    configuration.log.notice(
      """
      \(all.count) connections: \(count(.thread)) on threads, \(count(.queue)) waiting for one, \
      \(count(.suspended)) suspended, \(count(.betweenCommands, .betweenMessages)) waiting for the \
      MTA; \(pool.threadCount) of at most \(settings.configuration.maxThreads) threads
      """)
    for status in all.prefix(Self.mostLines) { configuration.log.notice(status.line) }
    if all.count > Self.mostLines {
      configuration.log.notice("and \(all.count - Self.mostLines) more connections")
    }
  }
}
