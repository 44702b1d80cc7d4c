import MilterCore

/// Where a driver stopped when a callback suspended.
enum SuspensionPoint {
  case abort
  case negotiate
  /// `body`, whose chunk came with the end of the message.
  case lastBody
  case callback(MilterCallback)
  /// `close`, before the MTA's next client.
  case clientClose
  /// `abort` and `close` at the connection's end.
  case lastAbort, lastClose

  var callback: MilterCallback {
    switch self {
    case .abort, .lastAbort: .abort
    case .negotiate: .negotiate
    case .lastBody: .body
    case .callback(let callback): callback
    case .clientClose, .lastClose: .close
    }
  }
}
