/// A file or directory that could not be read or written.
///
/// Two errors are equal when their codes are: messages are for people.
public struct FileError: Error, Sendable {
  /// The kind of failure.
  public let code: Code

  /// A description of what failed on which file, and why.
  public let message: String

  /// The underlying error of the operating system.
  public let underlying: Errno

  /// Makes the error of a call that failed.
  ///
  /// - Parameters:
  ///   - action: What failed, such as `cannot read /etc/relays`.
  ///   - underlying: The underlying error of the operating system.
  public init(_ action: String, _ underlying: Errno) {
    code = Code(underlying)
    message = "\(action): \(underlying)"
    self.underlying = underlying
  }
}

extension FileError {
  /// The kind of a failure; more may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Value: String {
      case noSuchFile, permissionDenied, isDirectory, noSpace, systemCall
    }

    private let value: Value

    fileprivate init(_ underlying: Errno) {
      value =
        switch underlying {
        case .noSuchFileOrDirectory, .notDirectory: .noSuchFile
        case .permissionDenied, .notPermitted, .readOnlyFileSystem: .permissionDenied
        case .isDirectory: .isDirectory
        case .noSpace, .quotaExceeded: .noSpace
        default: .systemCall
        }
    }

    private init(value: Value) { self.value = value }

    /// The name of the code.
    public var description: String { value.rawValue }

    /// The file is not there, or a directory on the way to it is not.
    public static var noSuchFile: Code { Code(value: .noSuchFile) }

    /// The process's user may not do it.
    public static var permissionDenied: Code { Code(value: .permissionDenied) }

    /// It is a directory.
    public static var isDirectory: Code { Code(value: .isDirectory) }

    /// The disk or the user's quota is full.
    public static var noSpace: Code { Code(value: .noSpace) }

    /// Another call of the operating system failed; `underlying` has its error.
    public static var systemCall: Code { Code(value: .systemCall) }
  }
}

extension FileError: Equatable {
  /// Compares the codes.
  ///
  /// - Parameters:
  ///   - left: An error.
  ///   - right: Another error.
  /// - Returns: Whether both are of one kind.
  public static func == (left: FileError, right: FileError) -> Bool { left.code == right.code }
}

extension FileError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
