import Dispatch
import MilterSystem

/// The load of the processors by this process, between two calls.
struct ProcessorLoad {
  private var processorTime: UInt64 = 0
  private var time: UInt64 = 0
  private let processors = Double(ProcessorClock.processorCount)

  /// Whether the process has kept three quarters of the processors busy since the last call.
  mutating func isHigh() -> Bool {
    let (formerProcessorTime, former) = (processorTime, time)
    processorTime = ProcessorClock.nanoseconds
    time = DispatchTime.now().uptimeNanoseconds
    // The first value is the machine's uptime. In nanoseconds and multiplied by the processors, it may exceed
    // the range of an integer.
    let available = Double(time &- former) * processors
    return Double(processorTime &- formerProcessorTime) >= available * 0.75
  }
}
