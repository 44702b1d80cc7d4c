import MilterSystem
import Synchronization

/// How long the peer of a connection has been silent, and how long it may be.
///
/// Read by any thread; only the one that serves the connection notes commands.
struct CommandClock: ~Copyable, Sendable {
  /// When the last whole command was done with, by ``CoarseClock``.
  private let last: Atomic<UInt64>
  private let began: UInt64
  private let negotiated = Atomic<Bool>(false)
  private let timeout: Duration
  private let negotiationTimeout: Duration

  init(_ configuration: MilterConfiguration) {
    began = CoarseClock.nanoseconds
    last = Atomic(began)
    timeout = configuration.timeout
    negotiationTimeout = min(timeout, configuration.negotiationTimeout)
  }

  /// Whether the peer has negotiated, and is an MTA for all that can be seen.
  var hasNegotiated: Bool { negotiated.load(ordering: .relaxed) }

  /// Notes that a command was done with.
  ///
  /// - Parameter hasNegotiated: asked until the peer has negotiated.
  /// - Returns: whether that gains time: nothing does before the negotiation.
  func note(hasNegotiated: @autoclosure () -> Bool) -> Bool {
    if !self.hasNegotiated {
      guard hasNegotiated() else { return false }
      negotiated.store(true, ordering: .relaxed)
    }
    last.store(CoarseClock.nanoseconds, ordering: .relaxed)
    return true
  }

  /// The time since the connection began, at a moment by ``CoarseClock``.
  func age(at now: UInt64) -> Duration {
    .nanoseconds(Int64(clamping: now > began ? now - began : 0))
  }

  /// For how long no command was done with.
  var silence: Duration {
    // In this order: progress that is made meanwhile must not lie in the future.
    let since = last.load(ordering: .relaxed)
    return .nanoseconds(Int64(clamping: CoarseClock.nanoseconds &- since))
  }

  /// How long the peer may be silent, or take to negotiate.
  var patience: Duration { hasNegotiated ? timeout : negotiationTimeout }

  /// Whether the peer has been silent, or in the middle of a command, for too long.
  var hasExpired: Bool { silence > patience }
}
