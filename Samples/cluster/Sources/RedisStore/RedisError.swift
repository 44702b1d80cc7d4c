/// Why Redis has not decided.
public struct RedisError: Error, CustomStringConvertible {
  /// What happened; an error reply as Redis sent it.
  public let description: String

  init(_ description: String) { self.description = description }
}
