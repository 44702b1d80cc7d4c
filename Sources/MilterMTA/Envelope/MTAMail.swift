/// A message and its envelope: what an MTA has to show to a filter.
public struct MTAMail: Hashable, Sendable {
  /// The message.
  public var message: MTAMessage
  /// Client, sender, recipients and macros.
  public var envelope: MTAEnvelope

  /// Puts a message and its envelope together.
  public init(_ message: MTAMessage, _ envelope: MTAEnvelope) {
    self.message = message
    self.envelope = envelope
  }

  /// Gives a message the envelope that its headers suggest; see ``MTAEnvelope/init(for:)``.
  public init(_ message: MTAMessage) { self.init(message, MTAEnvelope(for: message)) }
}
