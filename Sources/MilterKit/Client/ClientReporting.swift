import MilterCore
import MilterRuntime

/// A filter that has information about the MTA's client: every ``Milter`` and ``AsyncMilter``.
///
/// The properties belong to a protocol so that filters may declare properties with the same names. A class
/// could only override those of its superclass.
public protocol ClientReporting: AnyObject {}

extension MilterBase: ClientReporting {}

extension ClientReporting where Self: MilterBase {
  /// The SMTP client: its name, address, login, and encryption.
  ///
  /// ```swift
  /// override class var wantsClient: Bool { true }
  ///
  /// override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
  ///   client.isAuthenticated || client.isLocalSubmission ? .accept : .continue
  /// }
  /// ```
  ///
  /// May be called in every callback. The properties are correct under Sendmail and Postfix, which send the
  /// same data in different forms. Declare ``MilterBase/wantsClient``; otherwise some properties are missing.
  public var client: MilterClientInfo {
    MilterClientInfo(
      context?.session.symbols ?? MilterSymbols(),
      context?.session.introduction ?? ClientIntroduction())
  }

  /// The MTA that the filter serves, and its release, according to its macros.
  ///
  /// May be called from `connect` on. Declare ``MilterBase/wantsClient`` to get Sendmail's release.
  public var mta: MTAIdentity { MTAIdentity(context?.session.symbols ?? MilterSymbols()) }
}
