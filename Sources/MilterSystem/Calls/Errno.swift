import MilterPlatform

/// An error number of the operating system.
///
/// The corresponding C variable is `errno`.
public struct Errno: RawRepresentable, Error, Hashable, Sendable {
  /// The number in the C library.
  public let rawValue: Int32

  /// Creates an error from its number.
  ///
  /// - Parameter rawValue: The number in the C library.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// The error of the last failed call on this thread; must be read before any other call.
  package static var current: Errno { Errno(rawValue: errno) }
}

extension Errno: CustomStringConvertible {
  /// The text of the error in the current locale.
  ///
  /// The corresponding C function is `strerror`.
  public var description: String {
    guard let text = strerror(rawValue) else { return "error \(rawValue)" }
    return String(cString: text)
  }
}

extension Errno {
  /// Operation not permitted.
  ///
  /// The corresponding C error is `EPERM`.
  public static var notPermitted: Errno { Errno(rawValue: EPERM) }

  /// No such file or directory.
  ///
  /// The corresponding C error is `ENOENT`.
  public static var noSuchFileOrDirectory: Errno { Errno(rawValue: ENOENT) }

  /// Interrupted by a signal.
  ///
  /// The corresponding C error is `EINTR`.
  public static var interrupted: Errno { Errno(rawValue: EINTR) }

  /// Not an open descriptor.
  ///
  /// The corresponding C error is `EBADF`.
  public static var badFileDescriptor: Errno { Errno(rawValue: EBADF) }

  /// No bytes are available now, or the socket's timeout has expired.
  ///
  /// The corresponding C error is `EAGAIN`.
  public static var wouldBlock: Errno { Errno(rawValue: EAGAIN) }

  /// No memory.
  ///
  /// The corresponding C error is `ENOMEM`.
  public static var noMemory: Errno { Errno(rawValue: ENOMEM) }

  /// Permission denied.
  ///
  /// The corresponding C error is `EACCES`.
  public static var permissionDenied: Errno { Errno(rawValue: EACCES) }

  /// File exists.
  ///
  /// The corresponding C error is `EEXIST`.
  public static var fileExists: Errno { Errno(rawValue: EEXIST) }

  /// Invalid argument.
  ///
  /// The corresponding C error is `EINVAL`.
  public static var invalidArgument: Errno { Errno(rawValue: EINVAL) }

  /// A path or a part of it is too long.
  ///
  /// The corresponding C error is `ENAMETOOLONG`.
  public static var nameTooLong: Errno { Errno(rawValue: ENAMETOOLONG) }

  /// The system has no descriptor left.
  ///
  /// The corresponding C error is `ENFILE`.
  public static var tooManyOpenFilesInSystem: Errno { Errno(rawValue: ENFILE) }

  /// The process has no descriptor left.
  ///
  /// The corresponding C error is `EMFILE`.
  public static var tooManyOpenFiles: Errno { Errno(rawValue: EMFILE) }

  /// The peer does not read any more.
  ///
  /// The corresponding C error is `EPIPE`.
  public static var brokenPipe: Errno { Errno(rawValue: EPIPE) }

  /// The result is too large for the buffer.
  ///
  /// The corresponding C error is `ERANGE`.
  public static var outOfRange: Errno { Errno(rawValue: ERANGE) }

  /// Not a socket.
  ///
  /// The corresponding C error is `ENOTSOCK`.
  public static var notSocket: Errno { Errno(rawValue: ENOTSOCK) }

  /// A socket of another type.
  ///
  /// The corresponding C error is `EPROTOTYPE`.
  public static var protocolWrongType: Errno { Errno(rawValue: EPROTOTYPE) }

  /// Not supported.
  ///
  /// The corresponding C error is `EOPNOTSUPP`.
  public static var notSupportedOnSocket: Errno { Errno(rawValue: EOPNOTSUPP) }

  /// The address is in use.
  ///
  /// The corresponding C error is `EADDRINUSE`.
  public static var addressInUse: Errno { Errno(rawValue: EADDRINUSE) }

  /// No interface has the address.
  ///
  /// The corresponding C error is `EADDRNOTAVAIL`.
  public static var addressNotAvailable: Errno { Errno(rawValue: EADDRNOTAVAIL) }

  /// The peer reset the connection.
  ///
  /// The corresponding C error is `ECONNRESET`.
  public static var connectionReset: Errno { Errno(rawValue: ECONNRESET) }

  /// Not connected.
  ///
  /// The corresponding C error is `ENOTCONN`.
  public static var notConnected: Errno { Errno(rawValue: ENOTCONN) }

  /// The peer does not answer any more.
  ///
  /// The corresponding C error is `ETIMEDOUT`.
  public static var timedOut: Errno { Errno(rawValue: ETIMEDOUT) }

  /// A component of the path is not a directory.
  ///
  /// The corresponding C error is `ENOTDIR`.
  public static var notDirectory: Errno { Errno(rawValue: ENOTDIR) }

  /// The path is a directory.
  ///
  /// The corresponding C error is `EISDIR`. Swift System has the same name for it.
  public static var isDirectory: Errno { Errno(rawValue: EISDIR) }

  /// The file system is read-only.
  ///
  /// The corresponding C error is `EROFS`.
  public static var readOnlyFileSystem: Errno { Errno(rawValue: EROFS) }

  /// No space is left on the device.
  ///
  /// The corresponding C error is `ENOSPC`.
  public static var noSpace: Errno { Errno(rawValue: ENOSPC) }

  /// The user's quota is used up.
  ///
  /// The corresponding C error is `EDQUOT`.
  public static var quotaExceeded: Errno { Errno(rawValue: EDQUOT) }

  /// No process listens on the address.
  ///
  /// The corresponding C error is `ECONNREFUSED`.
  public static var connectionRefused: Errno { Errno(rawValue: ECONNREFUSED) }

  /// The connection is being set up.
  ///
  /// The corresponding C error is `EINPROGRESS`.
  public static var nowInProgress: Errno { Errno(rawValue: EINPROGRESS) }
}
