/// The changes that a filter may make to a message.
///
/// The corresponding libmilter constants are `SMFIF_*`; the names here lack the prefix.
public struct MilterActionFlags: OptionSet, Hashable, Sendable {
  /// The bits as they are on the wire.
  public let rawValue: UInt32

  /// Creates a set from the bits on the wire.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Add and insert headers: `SMFIF_ADDHDRS`.
  public static let addhdrs = Self(rawValue: 0x001)
  /// Replace the body: `SMFIF_CHGBODY`.
  public static let chgbody = Self(rawValue: 0x002)
  /// Add recipients: `SMFIF_ADDRCPT`.
  public static let addrcpt = Self(rawValue: 0x004)
  /// Delete recipients: `SMFIF_DELRCPT`.
  public static let delrcpt = Self(rawValue: 0x008)
  /// Change and delete headers: `SMFIF_CHGHDRS`.
  public static let chghdrs = Self(rawValue: 0x010)
  /// Quarantine the message: `SMFIF_QUARANTINE`.
  public static let quarantine = Self(rawValue: 0x020)
  /// Change the envelope sender: `SMFIF_CHGFROM`.
  public static let chgfrom = Self(rawValue: 0x040)
  /// Add recipients with ESMTP parameters: `SMFIF_ADDRCPT_PAR`.
  public static let addrcptPar = Self(rawValue: 0x080)
  /// Request macros: `SMFIF_SETSYMLIST`.
  public static let setsymlist = Self(rawValue: 0x100)

  /// The actions of an MTA that offers none: those of protocol version 1, `SMFI_V1_ACTS`.
  public static let version1: Self = [.addhdrs, .chgbody, .addrcpt, .delrcpt]
  /// All actions of protocol version 6: `SMFI_CURR_ACTS`.
  public static let all = Self(rawValue: 0x1ff)
}

extension MilterActionFlags: CustomStringConvertible {
  private static let names: [(Self, String)] = [
    (.addhdrs, "addhdrs"), (.chgbody, "chgbody"), (.addrcpt, "addrcpt"), (.delrcpt, "delrcpt"),
    (.chghdrs, "chghdrs"), (.quarantine, "quarantine"), (.chgfrom, "chgfrom"),
    (.addrcptPar, "addrcptPar"), (.setsymlist, "setsymlist"),
  ]

  /// The flags' names; bits without a name are in hexadecimal.
  public var description: String { flagNames(rawValue, Self.names.map { ($0.rawValue, $1) }) }
}
