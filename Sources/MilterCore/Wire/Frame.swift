/// One packet on the wire: a command or reply byte, and the range of its payload.
///
/// The bytes stay in the decoder's buffer, so that unused packets cost no copy:
///
/// ```
/// 00 00 00 07 48 63 6c 69 65 6e 74 00 …
/// └─ length ┘ H  └─── payload ───┘
/// ```
///
/// The length counts the command byte.
public struct Frame: Hashable, Sendable {
  /// The command or reply byte.
  public let code: UInt8
  /// The payload's range in the decoder's `storage`, valid until the decoder changes.
  public let payload: Range<Int>

  /// Creates a frame from its byte and the payload's range.
  ///
  /// It is public only because it could not be inlined in other modules otherwise.
  @inlinable public init(code: UInt8, payload: Range<Int>) {
    self.code = code
    self.payload = payload
  }
}
