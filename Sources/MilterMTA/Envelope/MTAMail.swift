/// A message and its envelope: the data that an MTA sends to a filter.
public struct MTAMail: Hashable, Sendable {
  /// The message.
  public var message: MTAMessage
  /// The client, the sender, the recipients, and macros.
  public var envelope: MTAEnvelope

  /// Combines a message and its envelope.
  public init(_ message: MTAMessage, _ envelope: MTAEnvelope) {
    self.message = message
    self.envelope = envelope
  }

  /// Combines a message with an envelope that is derived from its header; see ``MTAEnvelope/init(for:)``.
  public init(_ message: MTAMessage) { self.init(message, MTAEnvelope(for: message)) }
}
