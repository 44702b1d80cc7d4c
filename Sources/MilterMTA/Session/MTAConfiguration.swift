public import MilterCore

/// What an MTA offers to a filter, and how it sends.
public struct MTAConfiguration: Hashable, Sendable {
  /// The version, actions and steps offered.
  public var offer: MilterOptions
  /// Most bytes of body in one packet; less if the filter's packets must be smaller.
  public var chunkSize: Int
  /// Most bytes of a header that are shown to a filter; the rest is cut off, as by Postfix.
  public var headerLimit: Int

  /// Makes a configuration; at first everything of version 6 is offered.
  public init(
    offer: MilterOptions = Self.everything, chunkSize: Int = WireLimits.payload64K,
    headerLimit: Int = 60_000
  ) {
    self.offer = offer
    self.chunkSize = chunkSize
    self.headerLimit = headerLimit
  }

  /// All actions and all steps of version 6, without larger packets.
  public static let everything = MilterOptions(
    actions: .all, steps: [.allNo, .allNr, .skip, .rcptRej, .hdrLeadspc])
}
