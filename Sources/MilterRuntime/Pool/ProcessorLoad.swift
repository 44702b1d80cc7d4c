import Dispatch
import MilterPlatform

/// How busy the process keeps the processors from one question to the next.
struct ProcessorLoad {
  private var processorTime: UInt64 = 0
  private var time: UInt64 = 0
  private let processors = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Whether the process has kept three quarters of the processors busy since this was last asked.
  mutating func isHigh() -> Bool {
    var used = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
    let (formerProcessorTime, former) = (processorTime, time)
    processorTime = UInt64(used.tv_sec) * 1_000_000_000 + UInt64(used.tv_nsec)
    time = DispatchTime.now().uptimeNanoseconds
    // The first time is the machine's uptime: in nanoseconds, and times the processors, it may be more
    // than an integer holds.
    let available = Double(time &- former) * processors
    return Double(processorTime &- formerProcessorTime) >= available * 0.75
  }
}
