import Dispatch
import MilterCore

/// The time limits of callbacks, and the interval of progress packets to the MTA.
struct CallbackLimits: Sendable {
  /// The answer if a callback takes too long.
  let fallback: MilterStatus
  /// The nanoseconds between two progress packets; `nil` for none.
  let keepalive: UInt64?
  /// The nanoseconds for callbacks without their own limit.
  private let common: UInt64?
  private let particular: [MilterCallback: UInt64]

  /// Reads the limits of a configuration; `nil` if it has none.
  init?(_ configuration: MilterConfiguration) {
    guard
      configuration.callbackTimeout != nil || !configuration.callbackTimeouts.isEmpty
        || configuration.keepalive != nil
    else { return nil }
    fallback = configuration.shadow ? .accept : configuration.callbackFallback
    keepalive = configuration.keepalive.map(\.nanoseconds)
    common = configuration.callbackTimeout.map(\.nanoseconds)
    particular = configuration.callbackTimeouts.mapValues(\.nanoseconds)
  }

  /// Returns the maximum time of a callback, in nanoseconds; `nil` for no limit.
  func budget(of callback: MilterCallback) -> UInt64? { particular[callback] ?? common }

  /// The interval between two checks: a callback exceeds its limit by at most a tenth of it, and at most a second.
  var interval: Duration {
    let shortest = ([keepalive, common].compactMap { $0 } + particular.values).min() ?? .max
    return .nanoseconds(min(max(Int64(clamping: shortest) / 10, 5_000_000), 1_000_000_000))
  }
}
