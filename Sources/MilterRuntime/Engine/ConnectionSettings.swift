/// What a connection keeps to from its start to its end.
///
/// A reload makes another one for the connections that come later.
final class ConnectionSettings: Sendable {
  let configuration: MilterConfiguration
  /// What callbacks must keep to, if there is anything.
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
