import MilterCore
import MilterSystem

extension MilterStatistics.ErrorKind {
  /// The kind of an error that ended a connection.
  init(_ error: any Error) {
    switch error {
    case let error as SocketError:
      self =
        switch error.code {
        case .disconnected: .disconnected
        case .timedOut: .timeout
        default: .system
        }
    case let error as MilterError:
      self =
        switch error.code {
        case .timedOut: .timeout
        case .notOffered, .negotiationRefused: .negotiation
        case .invalidFrameLength, .unknownCommand, .malformedCommand, .unsupportedVersion:
          .malformed
        default: .filter
        }
    case is ThreadError: self = .system
    default: self = .callback
    }
  }
}
