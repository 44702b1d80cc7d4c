/// Limits the log lines about connections that cannot be accepted: one for each obstacle, and one when
/// connections are accepted again.
struct AcceptTrouble {
  /// The reason why a connection was not accepted.
  enum Obstacle: Hashable {
    /// The maximum number of connections is reached.
    case full
    /// The system reported an error.
    case failure(String)
  }

  private var known: Set<Obstacle> = []
  private var last: ContinuousClock.Instant?

  /// The time without obstacles after which the trouble is over: at the limit, descriptors become free and are
  /// used again all the time.
  static let calm = Duration.seconds(5)

  /// Notes an obstacle.
  ///
  /// - Returns: Whether the obstacle is new, and whether there was no trouble before.
  mutating func meet(
    _ obstacle: Obstacle, at now: ContinuousClock.Instant
  ) -> (isNew: Bool, isFirst: Bool) {
    defer { last = now }
    return (known.insert(obstacle).inserted, last == nil)
  }

  /// Ends the trouble if there was no obstacle for some time, and returns whether it did.
  mutating func isOver(at now: ContinuousClock.Instant) -> Bool {
    guard let last, now - last >= Self.calm else { return false }
    self = AcceptTrouble()
    return true
  }
}
