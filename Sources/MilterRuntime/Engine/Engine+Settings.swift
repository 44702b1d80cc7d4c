extension Engine {
  /// Changes the configuration of later connections.
  ///
  /// Some settings do not change: the listeners, the stack size, the metrics file, and the destination of
  /// the log.
  func reconfigure(_ new: MilterConfiguration) {
    configuration.log.threshold?.level = new.log.level
    var next = new
    next.log = configuration.log
    next.requestStop = configuration.requestStop
    take(ConnectionSettings(next))
    pool.setLimit(next.maxThreads)
    schedule()
    // There may be room for more connections.
    for listener in listeners { listener.resume() }
  }
}
