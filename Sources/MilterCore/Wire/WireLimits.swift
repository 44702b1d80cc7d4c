/// The protocol's sizes, each with the name it has in Sendmail's headers.
public enum WireLimits {
  /// Bytes of a frame's length, which does not count itself.
  public static let lengthSize = 4
  /// Bytes before a frame's payload: a 32-bit length and the command byte.
  public static let headerSize = 5
  /// Most bytes of payload in one frame unless more was agreed: `MILTER_MDS_64K`.
  public static let payload64K = 64 * 1024 - 1
  /// Most bytes of payload after `SMFIP_MDS_256K`: `MILTER_MDS_256K`.
  public static let payload256K = 256 * 1024 - 1
  /// Most bytes of payload after `SMFIP_MDS_1M`: `MILTER_MDS_1M`.
  public static let payload1M = 1024 * 1024 - 1
  /// The maximum number of bytes in the macro packet of one stage, whatever size of frames was agreed.
  public static let macrosOfAStage = payload64K
  /// The maximum number of bytes of the macros that are in force on a connection.
  public static let macrosInAll = 128 * 1024
  /// Most bytes in one line of a reply's text: `MAXREPLYLEN`.
  public static let replyLine = 980
  /// Most lines in a reply: `MAXREPLIES`.
  public static let replyLines = 32
  /// Most bytes in the path of a unix-domain client, without the final NUL: `sun_path` less one.
  public static let unixPath = 107
  /// The protocol version this library speaks: `SMFI_PROT_VERSION`.
  public static let version: UInt32 = 6
  /// The oldest protocol version it answers: `SMFI_PROT_VERSION_MIN`.
  public static let oldestVersion: UInt32 = 2
}
