/// The settings of a connection, which do not change while it lasts.
///
/// A reload makes another one for the connections that come later.
final class ConnectionSettings: Sendable {
  let configuration: MilterConfiguration
  /// The limits of callbacks; nil if there are none.
  let limits: CallbackLimits?

  init(_ configuration: MilterConfiguration) {
    self.configuration = configuration
    limits = CallbackLimits(configuration)
  }

  /// How often connections must be looked at, so that each limit is kept to.
  var interval: Duration {
    let shortest = min(configuration.timeout, configuration.negotiationTimeout)
    return min(
      min(max(shortest / 4, .milliseconds(50)), .seconds(30)), limits?.interval ?? .seconds(30))
  }
}
