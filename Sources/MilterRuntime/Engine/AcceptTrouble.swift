/// Keeps the log short while connections cannot be accepted, however often that is found out: a line
/// for each obstacle, and one when all is over.
struct AcceptTrouble {
  /// Why a connection was not accepted.
  enum Obstacle: Hashable {
    /// There are as many as allowed.
    case full
    /// The system refused.
    case failure(String)
  }

  private var known: Set<Obstacle> = []
  private var last: ContinuousClock.Instant?

  /// How long there must have been none before trouble counts as over: at the limit, descriptors
  /// come and go every moment.
  static let calm = Duration.seconds(5)

  /// Notes an obstacle.
  ///
  /// - Returns: whether it is not known yet, and whether there was no trouble before.
  mutating func meet(
    _ obstacle: Obstacle, at now: ContinuousClock.Instant
  ) -> (isNew: Bool, isFirst: Bool) {
    defer { last = now }
    return (known.insert(obstacle).inserted, last == nil)
  }

  /// Forgets the trouble if there has been none for a while, and returns whether that is so.
  mutating func isOver(at now: ContinuousClock.Instant) -> Bool {
    guard let last, now - last >= Self.calm else { return false }
    self = AcceptTrouble()
    return true
  }
}
