public import MilterPlatform

/// A clock that is fast enough to be read for every command.
///
/// Its resolution is a tick of the system's timer, a few milliseconds. It never goes back.
///
/// It is public only because other code of this module cannot be inlined in the modules that use it.
public enum CoarseClock {
  /// The nanoseconds since an arbitrary moment.
  ///
  /// The corresponding C function is `clock_gettime` with `CLOCK_MONOTONIC_COARSE`.
  @inlinable public static var nanoseconds: UInt64 {
    #if canImport(Darwin)
      return clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW_APPROX)
    #else
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
      // Both numbers are positive, and their sum does not overflow.
      return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000
        &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    #endif
  }

  /// Returns the time since a moment of ``nanoseconds``.
  package static func elapsed(since moment: UInt64) -> Duration {
    elapsed(since: moment, at: nanoseconds)
  }

  /// Returns the time between two values of ``nanoseconds``.
  package static func elapsed(since moment: UInt64, at now: UInt64) -> Duration {
    // Read by another thread, the first one may be a little later than the second.
    .nanoseconds(Int64(clamping: now > moment ? now - moment : 0))
  }
}
