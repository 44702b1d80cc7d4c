import MilterCore
import MilterSystem

/// Makes text safe for a log line.
package enum LogText {
  /// Returns the text of an error for all levels: the library's own errors quote no mail.
  ///
  /// The description of any other error may quote mail, so only its type is logged. Of a `FileError` the
  /// system's error is logged, or the code without one, since the path may name mail.
  package static func harmless(_ error: any Error) -> String {
    switch error {
    case let error as MilterError: error.message
    case let error as SocketError: "\(error)"
    case let error as ThreadError: "\(error)"
    case let error as FileError:
      "FileError: \(error.underlying.map { "\($0)" } ?? "\(error.code)")"
    default: "\(type(of: error))"
    }
  }
}
