/// The options of one side in the negotiation: a protocol version, actions, and steps.
///
/// In `negotiate`, these are the MTA's offer or the filter's request.
public struct MilterOptions: Hashable, Sendable {
  /// The protocol version; the lower version of both sides is used.
  public var version: UInt32
  /// The offered or requested actions.
  public var actions: MilterActionFlags
  /// The steps that can be left out or need no reply, and other capabilities.
  public var steps: MilterProtocolFlags

  /// Creates options.
  public init(
    version: UInt32 = WireLimits.version, actions: MilterActionFlags, steps: MilterProtocolFlags
  ) {
    self.version = version
    self.actions = actions
    self.steps = steps
  }
}
