/// The protocol's sizes, with their names in Sendmail's headers.
public enum WireLimits {
  /// The size of a frame's length in bytes; the length does not count itself.
  public static let lengthSize = 4
  /// The number of bytes before a frame's payload: a 32-bit length and the command byte.
  public static let headerSize = 5
  /// The maximum payload of a frame in bytes, unless more was agreed on: `MILTER_MDS_64K`.
  public static let payload64K = 64 * 1024 - 1
  /// The maximum payload in bytes with `SMFIP_MDS_256K`: `MILTER_MDS_256K`.
  public static let payload256K = 256 * 1024 - 1
  /// The maximum payload in bytes with `SMFIP_MDS_1M`: `MILTER_MDS_1M`.
  public static let payload1M = 1024 * 1024 - 1
  /// The maximum number of bytes in the macro packet of one stage, with any frame size.
  public static let macrosOfAStage = payload64K
  /// The maximum number of bytes of all macros in force on a connection.
  public static let macrosInAll = 128 * 1024
  /// The maximum number of bytes in one line of a reply's text: `MAXREPLYLEN`.
  public static let replyLine = 980
  /// The maximum number of lines in a reply: `MAXREPLIES`.
  public static let replyLines = 32
  /// The maximum number of bytes in the path of a Unix-domain client, without the NUL at its end: `sun_path`
  /// minus one.
  public static let unixPath = 107
  /// The protocol version of this library: `SMFI_PROT_VERSION`.
  public static let version: UInt32 = 6
  /// The oldest supported protocol version: `SMFI_PROT_VERSION_MIN`.
  public static let oldestVersion: UInt32 = 2
}
