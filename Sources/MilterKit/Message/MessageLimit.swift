/// The maximum size of a message, and the action on a larger one; see ``MessageMilter/messageLimit``.
public struct MessageLimit: Hashable, Sendable {
  /// The maximum size in bytes, of header and body together.
  public var bytes: Int
  /// The action on a larger message.
  public var policy: Policy

  /// The action on a message that is larger than the limit.
  public enum Policy: String, CaseIterable, Sendable {
    /// It is refused permanently with `552 5.3.4`.
    case refuse
    /// It is accepted without the filter.
    case accept
    /// It is deferred with `452 4.3.1`.
    case tempfail
  }

  /// Creates a limit.
  public init(bytes: Int = 128 << 20, policy: Policy = .refuse) {
    self.bytes = bytes
    self.policy = policy
  }
}

extension MessageLimit {
  /// The size in bytes above which a body is kept in a file.
  static let mostInMemory = 256 << 10
  /// The maximum size of a header in bytes, because it is in memory.
  static let largestHeader = 8 << 20
  /// The memory of a field in addition to its name and value, in bytes.
  private static let fieldCost = 64

  /// Whether a message is larger than the limit, or its header is too large to be kept in memory.
  ///
  /// - Parameters:
  ///   - headerSize: The size of all header fields in bytes.
  ///   - fieldCount: The number of header fields.
  ///   - bodySize: The size of the body in bytes.
  /// - Returns: Whether the message exceeds the limit.
  func isExceeded(headerSize: Int, fieldCount: Int, bodySize: Int) -> Bool {
    headerSize + fieldCount * Self.fieldCost > Self.largestHeader || headerSize + bodySize > bytes
  }
}
