import MilterSystem

/// Calls from other threads.
extension Connection {
  /// Queues the connection, which has no thread, for a thread.
  func queue() {
    presence.wantsThread()
    engine.pool.run(self)
  }

  /// Queues the connection for a thread if it has none.
  ///
  /// If a callback is suspended and the MTA has left or aborted the message, cancels the callback.
  func wake() {
    let (isClaimed, useless) = idle.withLock { idle -> (Bool, Suspension?) in
      // Under the lock, because the socket may be closed after the callback has ended.
      if let suspension = idle.suspension {
        return (false, suspension.isUseless(socket) ? suspension : nil)
      }
      return (idle.claim(), nil)
    }
    if isClaimed { queue() }
    if let useless { cancel(useless) }
  }

  /// Cancels a callback on a thread of the pool, because the filter may have cancellation handlers that block.
  func cancel(_ suspension: Suspension) {
    engine.pool.run(CallbackCancellation(suspension))
  }

  /// Cancels the suspended callback if it has exceeded its time.
  func cancelOverdue() {
    // Under the lock, because it may have ended, and another callback may have suspended.
    let suspension = idle.withLock { idle in
      watch?.isOverdue ?? false ? idle.suspension : nil
    }
    if let suspension { cancel(suspension) }
  }

  /// Cancels the suspended callback.
  private func cancelCallback() {
    if let suspension = idle.withLock({ $0.suspension }) { cancel(suspension) }
  }

  /// Queues the connection for its end, if it is between messages and the MTA has been silent.
  func wakeToEnd() {
    if isQuiet, idle.withLock({ !$0.isInMessage && $0.claim() }) { queue() }
  }

  /// The time that an MTA between messages may be silent while the server stops.
  private static let quiet = Duration.seconds(1)

  /// Whether the MTA has been silent long enough that another message is unlikely.
  var isQuiet: Bool { clock.silence > Self.quiet }

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
