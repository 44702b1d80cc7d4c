import MilterPlatform

/// A clock that is cheap enough to be read for every command.
///
/// It is as exact as the system's timer ticks, some milliseconds, and never goes back.
package enum CoarseClock {
  /// Nanoseconds since some moment.
  ///
  /// The corresponding C function is `clock_gettime` with `CLOCK_MONOTONIC_COARSE`.
  package static var nanoseconds: UInt64 {
    #if canImport(Darwin)
      return clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW_APPROX)
    #else
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
      // Neither number is negative, nor is their sum too large.
      return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000
        &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    #endif
  }

  /// The time since a moment that ``nanoseconds`` was read at.
  package static func elapsed(since moment: UInt64) -> Duration {
    // Read by another thread, it may be a little in the future.
    let now = nanoseconds
    return .nanoseconds(Int64(clamping: now > moment ? now - moment : 0))
  }
}
