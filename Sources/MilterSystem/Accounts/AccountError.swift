/// A failed lookup of a user or group, or a failed change of the process's user.
package struct AccountError: Error {
  /// The kind of a failure.
  package enum Code: Sendable {
    /// The system knows no such user.
    case unknownUser
    /// The system knows no such group.
    case unknownGroup
    /// The system could not look up a user or group.
    case lookupFailed
    /// The process could not become the user, or runs as another user than it should.
    case credentials
  }

  /// The kind of failure.
  package let code: Code

  /// A description of the failure, and of the correction if there is one.
  package let message: String

  /// The underlying error of the operating system, if there is one.
  package let underlying: Errno?

  /// Creates an error.
  package init(_ code: Code, _ message: String, underlying: Errno? = nil) {
    self.code = code
    self.message = message
    self.underlying = underlying
  }
}

extension AccountError: CustomStringConvertible {
  /// The message.
  package var description: String { message }
}
