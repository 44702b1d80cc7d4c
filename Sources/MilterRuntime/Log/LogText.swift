import MilterCore
import MilterSystem

/// Makes texts safe for a line of the log.
package enum LogText {
  /// The text of an error for all levels: the library's own errors contain no mail.
  ///
  /// The description of any other error may quote mail, so only its type is logged.
  package static func harmless(_ error: any Error) -> String {
    switch error {
    case let error as MilterError: error.message
    case let error as SocketError: "\(error)"
    default: "\(type(of: error))"
    }
  }
}
