/// One side's part in the option negotiation: a protocol version, actions and steps.
///
/// As `negotiate` sees them: the MTA's offer, or what the filter wants of it.
public struct MilterOptions: Hashable, Sendable {
  /// The protocol version; the lower of both sides' is used.
  public var version: UInt32
  /// The actions offered or wanted.
  public var actions: MilterActionFlags
  /// The steps that can be left out or need no reply, and the other capabilities.
  public var steps: MilterProtocolFlags

  /// Makes options.
  public init(
    version: UInt32 = WireLimits.version, actions: MilterActionFlags, steps: MilterProtocolFlags
  ) {
    self.version = version
    self.actions = actions
    self.steps = steps
  }
}
