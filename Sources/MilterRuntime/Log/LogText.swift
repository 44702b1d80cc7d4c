import MilterCore
import MilterSystem

/// What may stand in a line of the log.
package enum LogText {
  /// What an error says, for all levels: our own name no content.
  ///
  /// The text of any other may quote the mail it is about, so only its type is logged.
  package static func harmless(_ error: any Error) -> String {
    switch error {
    case let error as MilterError: error.message
    case let error as SocketError: "\(error)"
    default: "\(type(of: error))"
    }
  }
}
