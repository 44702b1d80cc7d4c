import MilterSystem
import Synchronization

extension Connection {
  /// The current state of the connection.
  var place: ConnectionStatus.Place { idle.withLock { place($0) } }

  private func place(_ idle: ConnectionRest) -> ConnectionStatus.Place {
    if idle.suspension != nil { return .suspended }
    if idle.isIdle { return idle.isBlocked ? .replies : idle.isInMessage ? .message : .idle }
    return presence.hasThread ? .thread : .queue
  }

  /// Returns the current status of the connection.
  ///
  /// - Parameter now: The same moment for all connections of a list, by ``CoarseClock``.
  /// - Returns: The status.
  func status(at now: UInt64) -> ConnectionStatus {
    // Under the lock, because the socket may be closed after it.
    let (place, waiting) = idle.withLock { idle -> (ConnectionStatus.Place, Int) in
      (self.place(idle), idle.isClosed ? 0 : socket.waitingCount)
    }
    let callback = place == .suspended || place == .thread ? presence.callback : nil
    let (client, queueID) = presence.subject
    let isBusy = callback != nil || place == .queue
    return ConnectionStatus(
      number: number, client: client, queueID: queueID, callback: callback, place: place,
      time: isBusy ? presence.busyTime : clock.silence, age: clock.age(at: now), waiting: waiting)
  }
}
