/// The settings of a connection, which do not change during the connection.
///
/// A reload creates other settings for later connections.
final class ConnectionSettings: Sendable {
  let configuration: MilterConfiguration
  let conversation: ConversationSettings
  /// The limits of callbacks; `nil` if there are none.
  let limits: CallbackLimits?
  /// The time in milliseconds that a thread waits for a connection's next command.
  let linger: Int

  init(_ configuration: MilterConfiguration) {
    self.configuration = configuration
    conversation = ConversationSettings(configuration)
    limits = CallbackLimits(configuration)
    linger = max(1, configuration.linger.milliseconds)
  }

  /// The interval at which connections must be checked for their limits.
  var interval: Duration {
    let shortest = min(configuration.timeout, configuration.negotiationTimeout)
    return min(
      min(max(shortest / 4, .milliseconds(50)), .seconds(30)), limits?.interval ?? .seconds(30))
  }
}
