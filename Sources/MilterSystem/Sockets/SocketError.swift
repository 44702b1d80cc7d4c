/// An error of a socket, a socket specification or the process's credentials.
///
/// Two errors are equal when their codes are: messages are for people.
public struct SocketError: Error, Sendable {
  /// The kind of failure.
  public let code: Code

  /// A description of what is wrong, and of the correct form.
  public let message: String

  /// The underlying error of the operating system, if there is one.
  public let underlying: Errno?

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind of failure.
  ///   - message: What is wrong, and what would be right.
  ///   - underlying: The underlying error of the operating system.
  public init(_ code: Code, _ message: String, underlying: Errno? = nil) {
    self.code = code
    self.message = message
    self.underlying = underlying
  }

  /// A failed call, as "action: text of the error"; without a code, that of the system's error.
  static func system(
    _ action: String, _ underlying: Errno, code: Code? = nil
  ) -> SocketError {
    let isRefused = underlying == .permissionDenied || underlying == .notPermitted
    return SocketError(
      code ?? (isRefused ? .permissionDenied : .systemCall), "\(action): \(underlying)",
      underlying: underlying)
  }
}

extension SocketError {
  /// The kind of a failure; more may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Value: String {
      case invalidSpec, lookupFailed, addressInUse, addressNotAvailable, pathInTheWay
      case noSuchDirectory, permissionDenied, invalidDescriptor, notSocket
      case unknownUser, unknownGroup, credentials, disconnected, timedOut, systemCall
    }

    private let value: Value

    /// The name of the code.
    public var description: String { value.rawValue }

    /// The specification of a socket cannot be read.
    public static var invalidSpec: Code { Code(value: .invalidSpec) }

    /// A host or a service has no address.
    public static var lookupFailed: Code { Code(value: .lookupFailed) }

    /// A running server listens there already.
    public static var addressInUse: Code { Code(value: .addressInUse) }

    /// No interface of the machine has the address.
    public static var addressNotAvailable: Code { Code(value: .addressNotAvailable) }

    /// The directory of a unix-domain socket does not exist.
    public static var noSuchDirectory: Code { Code(value: .noSuchDirectory) }

    /// The process's user may not do it: a low port, a directory that others own.
    public static var permissionDenied: Code { Code(value: .permissionDenied) }

    /// Something that is not ours to remove lies where the socket should be.
    public static var pathInTheWay: Code { Code(value: .pathInTheWay) }

    /// A descriptor that was handed over is not open, or a socket that does not listen.
    public static var invalidDescriptor: Code { Code(value: .invalidDescriptor) }

    /// A descriptor that was handed over is not a socket.
    public static var notSocket: Code { Code(value: .notSocket) }

    /// The system knows no such user.
    public static var unknownUser: Code { Code(value: .unknownUser) }

    /// The system knows no such group.
    public static var unknownGroup: Code { Code(value: .unknownGroup) }

    /// The process could not become the user that was asked for.
    public static var credentials: Code { Code(value: .credentials) }

    /// The peer is gone.
    public static var disconnected: Code { Code(value: .disconnected) }

    /// The peer did not do its part in time.
    public static var timedOut: Code { Code(value: .timedOut) }

    /// Another call of the operating system failed; `underlying` has its error.
    public static var systemCall: Code { Code(value: .systemCall) }
  }
}

extension SocketError: Equatable {
  /// Compares the codes.
  ///
  /// - Parameters:
  ///   - left: An error.
  ///   - right: Another error.
  /// - Returns: Whether both are of one kind.
  public static func == (left: SocketError, right: SocketError) -> Bool {
    left.code == right.code
  }
}

extension SocketError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
