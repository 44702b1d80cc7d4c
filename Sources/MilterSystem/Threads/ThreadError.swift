/// A thread that could not be started.
///
/// Two errors are equal if their codes are equal; the messages are for people.
public struct ThreadError: Error, Sendable {
  /// The kind of failure.
  public let code: Code

  /// A description of the failure, with the reason.
  public let message: String

  /// The underlying error of the operating system.
  public let underlying: Errno

  /// Creates the error of a failed call.
  ///
  /// - Parameter underlying: The underlying error of the operating system.
  public init(_ underlying: Errno) {
    code = Code(underlying)
    message = "the system allows no more threads: \(underlying)"
    self.underlying = underlying
  }
}

extension ThreadError {
  /// The kind of a failure; more kinds may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Value: String {
      case tooManyThreads, systemCall
    }

    private let value: Value

    fileprivate init(_ underlying: Errno) {
      value =
        switch underlying {
        case .wouldBlock, .noMemory: .tooManyThreads
        default: .systemCall
        }
    }

    private init(value: Value) { self.value = value }

    /// The name of the code.
    public var description: String { value.rawValue }

    /// A limit of the system, the service, or the user is reached, or memory for the stack is missing.
    public static var tooManyThreads: Code { Code(value: .tooManyThreads) }

    /// Another system call failed; `underlying` has its error.
    public static var systemCall: Code { Code(value: .systemCall) }
  }
}

extension ThreadError: Equatable {
  /// Compares the codes.
  ///
  /// - Parameters:
  ///   - left: An error.
  ///   - right: Another error.
  /// - Returns: Whether both codes are equal.
  public static func == (left: ThreadError, right: ThreadError) -> Bool { left.code == right.code }
}

extension ThreadError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
