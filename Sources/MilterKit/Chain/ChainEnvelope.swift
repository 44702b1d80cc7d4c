/// The data for the condition of ``ChainMember/whenMessage(_:)``.
public struct ChainEnvelope: Sendable {
  /// The client.
  public let client: MilterClientInfo
  /// The sender, as the MTA named it.
  public let sender: String
  /// The recipients that were not refused, as the MTA named them.
  public let recipients: [String]
  /// The size of header and body in bytes, with the changes of the members before this one.
  public let size: Int
  /// The notes of the members before this one.
  public let notes: MilterNotes
}
