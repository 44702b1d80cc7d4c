/// A user or group that cannot be found, or that the process cannot become.
package struct AccountError: Error {
  /// The kind of a failure.
  package enum Code: Sendable {
    /// The system knows no such user.
    case unknownUser
    /// The system knows no such group.
    case unknownGroup
    /// The system could not look up a user or group.
    case lookupFailed
    /// The process could not become the user, or is another one than it must be.
    case credentials
  }

  /// The kind of failure.
  package let code: Code

  /// A description of the mistake, and of the correct form.
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
