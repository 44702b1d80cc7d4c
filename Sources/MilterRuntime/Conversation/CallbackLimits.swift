import Dispatch
import MilterCore

/// The time limits of callbacks, and the interval of progress packets to the MTA.
struct CallbackLimits: Sendable {
  /// The answer in place of a callback that takes too long.
  let fallback: MilterStatus
  /// Nanoseconds from one sign of life to the next; nil for none.
  let keepalive: UInt64?
  /// Nanoseconds that callbacks without a number of their own may take.
  private let common: UInt64?
  private let particular: [MilterCallback: UInt64]

  /// The limits of a configuration; `nil` if it has none, so that nothing is watched.
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

  /// The time that a callback may take, in nanoseconds; nil for no limit.
  func budget(of callback: MilterCallback) -> UInt64? { particular[callback] ?? common }

  /// The interval between looks at the clock: a limit is exceeded by a tenth, but at most by a second.
  var interval: Duration {
    let shortest = ([keepalive, common].compactMap { $0 } + particular.values).min() ?? .max
    return .nanoseconds(min(max(Int64(clamping: shortest) / 10, 5_000_000), 1_000_000_000))
  }
}
