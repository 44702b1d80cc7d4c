import MilterSystem
import Synchronization

/// The silence of a connection's peer, and its limit.
///
/// Any thread may read it. Only the connection's thread notes commands.
struct CommandClock: ~Copyable, Sendable {
  /// The time when the last command was complete, by ``CoarseClock``.
  private let last: Atomic<UInt64>
  private let began: UInt64
  private let negotiated = Atomic<Bool>(false)
  private let timeout: Duration
  private let negotiationTimeout: Duration

  init(timeout: Duration, negotiationTimeout: Duration) {
    began = CoarseClock.nanoseconds
    last = Atomic(began)
    self.timeout = timeout
    self.negotiationTimeout = min(timeout, negotiationTimeout)
  }

  /// Whether the peer has negotiated, so that it seems to be an MTA.
  var hasNegotiated: Bool { negotiated.load(ordering: .relaxed) }

  /// Notes that a command is complete.
  ///
  /// - Parameter hasNegotiated: Evaluated until the peer has negotiated.
  /// - Returns: Whether this extends the time; nothing does before the negotiation.
  func note(hasNegotiated: @autoclosure () -> Bool) -> Bool {
    if !self.hasNegotiated {
      guard hasNegotiated() else { return false }
      negotiated.store(true, ordering: .relaxed)
    }
    last.store(CoarseClock.nanoseconds, ordering: .relaxed)
    return true
  }

  /// Returns the time since the connection began, at a moment by ``CoarseClock``.
  func age(at now: UInt64) -> Duration { CoarseClock.elapsed(since: began, at: now) }

  /// The time since the last complete command.
  var silence: Duration { CoarseClock.elapsed(since: last.load(ordering: .relaxed)) }

  /// The maximum silence, or the maximum time to negotiate.
  var patience: Duration { hasNegotiated ? timeout : negotiationTimeout }

  /// Whether the peer has been silent, or in the middle of a command, for too long.
  var hasExpired: Bool { silence > patience }
}
