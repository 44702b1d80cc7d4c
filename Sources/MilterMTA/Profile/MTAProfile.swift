public import MilterCore

/// How an MTA behaves towards filters: what it offers and sends, and what it makes of the replies.
///
/// Take one of those that are here, and change what yours does differently:
///
/// ```swift
/// var profile = MTAProfile.postfix
/// profile.offer.steps.remove(.skip)
/// ```
///
/// Unless a switch says otherwise, what ``postfix`` and ``sendmail`` do was compared with the real
/// ones: Postfix 3.7 and Sendmail 8.17. What older releases do is taken from their documentation.
///
/// ## Topics
///
/// ### Profiles
/// - ``postfix``
/// - ``postfixSubmission``
/// - ``sendmail``
/// - ``libmilterReference``
/// - ``all``
/// - ``init(named:)``
public struct MTAProfile: Hashable, Sendable {
  /// The profile's name, such as `postfix-2.3`; ``init(named:)`` finds it by that.
  public var name: String

  // MARK: What it sends

  /// The protocol version, the actions and the steps it offers.
  public var offer = Self.everything
  /// Most bytes of body in one packet; less if the filter's packets must be smaller.
  public var chunkSize = WireLimits.payload64K
  /// Most bytes of a header that are shown to a filter; the rest is cut off.
  public var headerLimit = 60_000

  // MARK: How long it waits

  /// How long it waits for a connection to the filter.
  public var connectTimeout: Duration = .seconds(30)
  /// How long it waits for each reply before the message's content.
  public var commandTimeout: Duration = .seconds(30)
  /// How long it waits for each reply to the content, from the first header to the end.
  public var contentTimeout: Duration = .seconds(300)
  /// How long it waits for all replies to the end of a message, which progress does not prolong; nil
  /// for no such limit.
  public var endTimeout: Duration?

  /// How long it waits for the next reply to a step.
  public func replyTimeout(_ callback: MilterCallback?) -> Duration {
    switch callback {
    case .header, .eoh, .body, .eom: contentTimeout
    default: commandTimeout
    }
  }

  /// Makes a profile that goes by libmilter's documentation, to be changed.
  ///
  /// - Parameter name: the profile's name.
  public init(name: String) { self.name = name }

  /// All actions and all steps of version 6, without larger packets.
  public static let everything = MilterOptions(
    actions: .all, steps: [.allNo, .allNr, .skip, .rcptRej, .hdrLeadspc])
}
