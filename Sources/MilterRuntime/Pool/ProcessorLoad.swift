import Dispatch
import MilterSystem

/// How busy the process keeps the processors from one question to the next.
struct ProcessorLoad {
  private var processorTime: UInt64 = 0
  private var time: UInt64 = 0
  private let processors = Double(ProcessorClock.processorCount)

  /// Whether the process has kept three quarters of the processors busy since this was last asked.
  mutating func isHigh() -> Bool {
    let (formerProcessorTime, former) = (processorTime, time)
    processorTime = ProcessorClock.nanoseconds
    time = DispatchTime.now().uptimeNanoseconds
    // The first time is the machine's uptime: in nanoseconds, and times the processors, it may be more
    // than an integer holds.
    let available = Double(time &- former) * processors
    return Double(processorTime &- formerProcessorTime) >= available * 0.75
  }
}
