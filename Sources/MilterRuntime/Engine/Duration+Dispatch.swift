import Dispatch

extension Duration {
  /// The duration for Dispatch; what is too long for it is for ever.
  var dispatch: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) else { return .never }
    return .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
  }

  /// Whole nanoseconds, at most half of what a number holds, so that a time can be added; 0 for less.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds < Int64.max / 2_000_000_000 else { return UInt64(Int64.max / 2) }
    return UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
  }

  /// The duration as the log shows it: to the millisecond, to the tenth of a second from 10 s on.
  var rounded: Duration {
    let step = self < .seconds(10) ? 1 : 100
    return .milliseconds((milliseconds + step / 2) / step * step)
  }

  /// Whole milliseconds.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) else { return Int(Int32.max) * 1000 }
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}

extension DispatchTime {
  /// Milliseconds to a later time, rounded up; too many for a number are as many as it holds.
  func milliseconds(to later: DispatchTime) -> Int {
    let nanoseconds = later.uptimeNanoseconds.subtractingReportingOverflow(uptimeNanoseconds)
    return nanoseconds.overflow ? 0 : Int(clamping: nanoseconds.partialValue / 1_000_000 + 1)
  }
}
