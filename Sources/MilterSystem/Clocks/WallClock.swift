import MilterPlatform

/// The clock of the date, which can be set.
package enum WallClock {
  /// The time since 1970.
  ///
  /// The corresponding C function is `clock_gettime` with `CLOCK_REALTIME`.
  package static var now: (seconds: Int, nanoseconds: Int) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return (Int(time.tv_sec), Int(time.tv_nsec))
  }
}
