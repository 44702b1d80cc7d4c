import MilterCore

/// The settings of conversations, which many connections share.
package final class ConversationSettings: Sendable {
  /// The log; each conversation adds its subject to the lines.
  let log: MilterLog
  /// The filter's name in the log; `nil` to use its own name.
  let name: String?
  /// The total time that a callback waits for the MTA to read its output.
  let patience: Duration
  /// The number of bytes of changes above which they are released early.
  let mostHeld: Int
  /// Whether the filter has no effect on mail.
  let isShadow: Bool
  /// The answer for a callback that throws.
  let onError: MilterErrorAnswer
  /// Stops the server, without waiting for it.
  let requestStop: (@Sendable () -> Void)?

  /// Creates the settings of a filter without a server, whose output never waits.
  init(
    log: MilterLog, name: String?, mostHeld: Int, isShadow: Bool, onError: MilterErrorAnswer,
    requestStop: (@Sendable () -> Void)?
  ) {
    var log = log
    log.subject = nil
    self.log = log
    self.name = name
    patience = .zero
    self.mostHeld = mostHeld
    self.isShadow = isShadow
    self.onError = onError
    self.requestStop = requestStop
  }

  /// Creates the settings of a server's connections.
  init(_ configuration: MilterConfiguration) {
    log = configuration.log
    name = nil
    patience = configuration.timeout
    mostHeld = configuration.maxHeldChanges
    isShadow = configuration.shadow
    onError = configuration.onError
    requestStop = configuration.requestStop
  }
}
