/// The reason why Redis has not decided.
public struct RedisError: Error, CustomStringConvertible {
  /// What happened.
  ///
  /// An error reply is quoted as Redis sent it.
  public let description: String

  init(_ description: String) { self.description = description }
}
