import Dispatch
import MilterCore

/// How long callbacks may take, and how often an MTA is told that one is still at work.
struct CallbackLimits: Sendable {
  /// What is answered in the place of a callback that takes too long.
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

  /// How many nanoseconds a callback may take; nil for any number.
  func budget(of callback: MilterCallback) -> UInt64? { particular[callback] ?? common }

  /// How often to look at the clock: no limit is overrun by more than a tenth, or a second.
  var interval: Duration {
    let shortest = ([keepalive, common].compactMap { $0 } + particular.values).min() ?? .max
    return .nanoseconds(min(max(Int64(clamping: shortest) / 10, 5_000_000), 1_000_000_000))
  }
}
