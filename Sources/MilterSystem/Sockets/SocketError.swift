/// An error of a socket or a socket specification.
///
/// Two errors are equal if their codes are equal; the messages are for people.
public struct SocketError: Error, Sendable {
  /// The kind of failure.
  public let code: Code

  /// A description of the mistake, and of the correct form.
  public let message: String

  /// The underlying error of the operating system, if there is one.
  public let underlying: Errno?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: The kind of failure.
  ///   - message: The mistake and its correction.
  ///   - underlying: The underlying error of the operating system.
  public init(_ code: Code, _ message: String, underlying: Errno? = nil) {
    self.code = code
    self.message = message
    self.underlying = underlying
  }

  /// Creates the error of a failed call, as "action: text of the error"; without a code, that of the system's
  /// error.
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
  /// The kind of a failure; more kinds may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Value: String {
      case invalidSpec, lookupFailed, addressInUse, addressNotAvailable, pathInTheWay
      case noSuchDirectory, permissionDenied, invalidDescriptor, notSocket
      case unknownGroup, disconnected, timedOut, systemCall
    }

    private let value: Value

    /// The name of the code.
    public var description: String { value.rawValue }

    /// The specification of a socket is not valid.
    public static var invalidSpec: Code { Code(value: .invalidSpec) }

    /// A host or a service has no address.
    public static var lookupFailed: Code { Code(value: .lookupFailed) }

    /// A server already listens on the address.
    public static var addressInUse: Code { Code(value: .addressInUse) }

    /// No interface of the machine has the address.
    public static var addressNotAvailable: Code { Code(value: .addressNotAvailable) }

    /// The directory of a Unix-domain socket does not exist.
    public static var noSuchDirectory: Code { Code(value: .noSuchDirectory) }

    /// The process's user lacks the permission, for example for a low port or a directory of another user.
    public static var permissionDenied: Code { Code(value: .permissionDenied) }

    /// Another file is at the socket's path, and must not be removed.
    public static var pathInTheWay: Code { Code(value: .pathInTheWay) }

    /// An inherited descriptor is not open, or is a socket that does not listen.
    public static var invalidDescriptor: Code { Code(value: .invalidDescriptor) }

    /// An inherited descriptor is not a socket.
    public static var notSocket: Code { Code(value: .notSocket) }

    /// The system knows no such group.
    public static var unknownGroup: Code { Code(value: .unknownGroup) }

    /// The peer has disconnected.
    public static var disconnected: Code { Code(value: .disconnected) }

    /// The peer did not respond in time.
    public static var timedOut: Code { Code(value: .timedOut) }

    /// Another system call failed; `underlying` has its error.
    public static var systemCall: Code { Code(value: .systemCall) }
  }
}

extension SocketError: Equatable {
  /// Compares the codes.
  ///
  /// - Parameters:
  ///   - left: An error.
  ///   - right: Another error.
  /// - Returns: Whether both codes are equal.
  public static func == (left: SocketError, right: SocketError) -> Bool {
    left.code == right.code
  }
}

extension SocketError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
