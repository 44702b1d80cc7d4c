import Dispatch

extension Duration {
  /// The duration for Dispatch; a duration that is too long for it becomes infinite.
  var dispatch: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) else { return .never }
    return .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
  }

  /// The duration in whole nanoseconds, at most half of the maximum, so that a time can be added; 0 for
  /// negative durations.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds < Int64.max / 2_000_000_000 else { return UInt64(Int64.max / 2) }
    return UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
  }

  /// The duration for the log: in milliseconds, or in tenths of a second from 10 s on.
  var rounded: Duration {
    let step = self < .seconds(10) ? 1 : 100
    return .milliseconds((milliseconds + step / 2) / step * step)
  }

  /// The duration in whole milliseconds.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) else { return Int(Int32.max) * 1000 }
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}

extension DispatchTime {
  /// Returns the milliseconds until a later time, rounded up, and limited to the maximum of the type.
  func milliseconds(to later: DispatchTime) -> Int {
    let nanoseconds = later.uptimeNanoseconds.subtractingReportingOverflow(uptimeNanoseconds)
    return nanoseconds.overflow ? 0 : Int(clamping: nanoseconds.partialValue / 1_000_000 + 1)
  }
}
