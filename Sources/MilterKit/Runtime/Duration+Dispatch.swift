import Dispatch

extension Duration {
  /// The duration for Dispatch; what is too long for it is for ever.
  var dispatch: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) else { return .never }
    return .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
  }

  /// Whole milliseconds.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) else { return Int(Int32.max) * 1000 }
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}
