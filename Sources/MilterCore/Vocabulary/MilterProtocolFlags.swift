/// The steps that an MTA leaves out, the steps for which it does not wait, and its other capabilities.
///
/// The corresponding libmilter constants are `SMFIP_*`; the names here lack the prefix.
public struct MilterProtocolFlags: OptionSet, Hashable, Sendable {
  /// The bits as they are on the wire.
  public let rawValue: UInt32

  /// Creates a set from the bits on the wire.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Do not send connect: `SMFIP_NOCONNECT`.
  public static let noconnect = Self(rawValue: 0x1)
  /// Do not send HELO: `SMFIP_NOHELO`.
  public static let nohelo = Self(rawValue: 0x2)
  /// Do not send MAIL: `SMFIP_NOMAIL`.
  public static let nomail = Self(rawValue: 0x4)
  /// Do not send RCPT: `SMFIP_NORCPT`.
  public static let norcpt = Self(rawValue: 0x8)
  /// Do not send the body: `SMFIP_NOBODY`.
  public static let nobody = Self(rawValue: 0x10)
  /// Do not send headers: `SMFIP_NOHDRS`.
  public static let nohdrs = Self(rawValue: 0x20)
  /// Do not send the end of the headers: `SMFIP_NOEOH`.
  public static let noeoh = Self(rawValue: 0x40)
  /// No reply for headers: `SMFIP_NR_HDR`.
  public static let nrHdr = Self(rawValue: 0x80)
  /// Do not send unknown commands: `SMFIP_NOUNKNOWN`.
  public static let nounknown = Self(rawValue: 0x100)
  /// Do not send DATA: `SMFIP_NODATA`.
  public static let nodata = Self(rawValue: 0x200)
  /// The MTA understands ``MilterStatus/skip``: `SMFIP_SKIP`.
  public static let skip = Self(rawValue: 0x400)
  /// Also send recipients that the MTA itself rejected: `SMFIP_RCPT_REJ`.
  public static let rcptRej = Self(rawValue: 0x800)
  /// No reply for connect: `SMFIP_NR_CONN`.
  public static let nrConn = Self(rawValue: 0x1000)
  /// No reply for HELO: `SMFIP_NR_HELO`.
  public static let nrHelo = Self(rawValue: 0x2000)
  /// No reply for MAIL: `SMFIP_NR_MAIL`.
  public static let nrMail = Self(rawValue: 0x4000)
  /// No reply for RCPT: `SMFIP_NR_RCPT`.
  ///
  /// A recipient can then not be refused: a verdict of `envrcpt` applies to the whole message.
  public static let nrRcpt = Self(rawValue: 0x8000)
  /// No reply for DATA: `SMFIP_NR_DATA`.
  public static let nrData = Self(rawValue: 0x1_0000)
  /// No reply for unknown commands: `SMFIP_NR_UNKN`.
  public static let nrUnkn = Self(rawValue: 0x2_0000)
  /// No reply for the end of the headers: `SMFIP_NR_EOH`.
  public static let nrEoh = Self(rawValue: 0x4_0000)
  /// No reply for body chunks: `SMFIP_NR_BODY`.
  public static let nrBody = Self(rawValue: 0x8_0000)
  /// Header values include the space after the colon, in both directions: `SMFIP_HDR_LEADSPC`.
  public static let hdrLeadspc = Self(rawValue: 0x10_0000)
  /// Frames may carry up to 256 KiB: `SMFIP_MDS_256K`.
  public static let mds256k = Self(rawValue: 0x1000_0000)
  /// Frames may carry up to 1 MiB: `SMFIP_MDS_1M`.
  public static let mds1m = Self(rawValue: 0x2000_0000)

  /// All steps that can be left out: `SMFIP_NO*`.
  public static let allNo: Self = [
    .noconnect, .nohelo, .nomail, .norcpt, .nobody, .nohdrs, .noeoh, .nounknown, .nodata,
  ]
  /// All steps that can go without a reply: `SMFI_NR_*`, in libmilter's headers `SMFIP_NR_MASK`.
  public static let allNr: Self = [
    .nrHdr, .nrConn, .nrHelo, .nrMail, .nrRcpt, .nrData, .nrUnkn, .nrEoh, .nrBody,
  ]
  /// The steps of an MTA that offers none: those of protocol version 2.
  public static let version2: Self = [.noconnect, .nohelo, .nomail, .norcpt, .nobody, .nohdrs]
  /// The bits that libmilter reserves: `SMFI_INTERNAL`.
  static let internalBits = Self(rawValue: 0x7000_0000)
  /// The bits for frame sizes.
  public static let dataSizes: Self = [.mds256k, .mds1m]
}

extension MilterProtocolFlags: CustomStringConvertible {
  private static let names: [(Self, String)] = [
    (.noconnect, "noconnect"), (.nohelo, "nohelo"), (.nomail, "nomail"), (.norcpt, "norcpt"),
    (.nobody, "nobody"), (.nohdrs, "nohdrs"), (.noeoh, "noeoh"), (.nrHdr, "nrHdr"),
    (.nounknown, "nounknown"), (.nodata, "nodata"), (.skip, "skip"), (.rcptRej, "rcptRej"),
    (.nrConn, "nrConn"), (.nrHelo, "nrHelo"), (.nrMail, "nrMail"), (.nrRcpt, "nrRcpt"),
    (.nrData, "nrData"), (.nrUnkn, "nrUnkn"), (.nrEoh, "nrEoh"), (.nrBody, "nrBody"),
    (.hdrLeadspc, "hdrLeadspc"), (.mds256k, "mds256k"), (.mds1m, "mds1m"),
  ]

  /// The flags' names; bits without a name are in hexadecimal.
  public var description: String { flagNames(rawValue, Self.names.map { ($0.rawValue, $1) }) }
}
