import MilterPlatform

/// The clock of the processor time that the process has used.
package enum ProcessorClock {
  /// The time in nanoseconds, of all threads together.
  ///
  /// The corresponding C function is `clock_gettime` with `CLOCK_PROCESS_CPUTIME_ID`.
  package static var nanoseconds: UInt64 {
    var used = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
    return UInt64(used.tv_sec) * 1_000_000_000 + UInt64(used.tv_nsec)
  }

  /// The number of processors, at least 1.
  ///
  /// The corresponding C function is `sysconf`.
  package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
