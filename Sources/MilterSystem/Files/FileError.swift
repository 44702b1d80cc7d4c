/// A file or directory that could not be read or written.
///
/// Two errors are equal if their codes are equal; the messages are for people.
public struct FileError: Error, Sendable {
  /// The kind of failure.
  public let code: Code

  /// A description of the failure, with the file and the reason.
  public let message: String

  /// The underlying error of the operating system, if there is one.
  public let underlying: Errno?

  /// Creates the error of a failed call.
  ///
  /// - Parameters:
  ///   - action: The failed action, such as `cannot read /etc/relays`.
  ///   - underlying: The underlying error of the operating system.
  public init(_ action: String, _ underlying: Errno) {
    code = Code(underlying)
    message = "\(action): \(underlying)"
    self.underlying = underlying
  }

  /// Creates an error without an error of the operating system.
  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
    underlying = nil
  }
}

extension FileError {
  /// The kind of a failure; more kinds may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Value: String {
      case noSuchFile, permissionDenied, directory, pathInTheWay, noSpace, systemCall
    }

    private let value: Value

    fileprivate init(_ underlying: Errno) {
      value =
        switch underlying {
        case .noSuchFileOrDirectory, .notDirectory: .noSuchFile
        case .permissionDenied, .notPermitted, .readOnlyFileSystem: .permissionDenied
        case .isDirectory: .directory
        case .noSpace, .quotaExceeded: .noSpace
        default: .systemCall
        }
    }

    private init(value: Value) { self.value = value }

    /// The name of the code.
    public var description: String { value.rawValue }

    /// The file, or a directory on its path, does not exist.
    public static var noSuchFile: Code { Code(value: .noSuchFile) }

    /// The process's user lacks the permission.
    public static var permissionDenied: Code { Code(value: .permissionDenied) }

    /// The path is a directory.
    public static var directory: Code { Code(value: .directory) }

    /// Another file is at the path, and must not be replaced.
    public static var pathInTheWay: Code { Code(value: .pathInTheWay) }

    /// The disk or the user's quota is full.
    public static var noSpace: Code { Code(value: .noSpace) }

    /// Another system call failed; `underlying` has its error.
    public static var systemCall: Code { Code(value: .systemCall) }
  }
}

extension FileError: Equatable {
  /// Compares the codes.
  ///
  /// - Parameters:
  ///   - left: An error.
  ///   - right: Another error.
  /// - Returns: Whether both codes are equal.
  public static func == (left: FileError, right: FileError) -> Bool { left.code == right.code }
}

extension FileError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
