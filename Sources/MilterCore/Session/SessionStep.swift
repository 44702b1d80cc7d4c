/// What a driver has to do next for a command.
public enum SessionStep: Equatable, Sendable {
  /// Nothing: no callback, no reply.
  case none
  /// Run abort, then ask ``FilterSession/resume()`` what else there is to do.
  case abort
  /// Ask the filter for its options; see ``FilterSession/offer(_:)``.
  case negotiate
  /// Run this callback and pass its status to ``FilterSession/answer(_:_:to:)``.
  ///
  /// For eom with a payload that is body first, as far as the filter wants it, and eom only if
  /// body gave no verdict.
  case call(MilterCallback)
  /// Run no callback; pass continue to ``FilterSession/answer(_:_:to:)``.
  case acknowledge(MilterCallback)
  /// Run close, then ``FilterSession/endClient()``; another client follows on the connection.
  case newConnection
  /// Run close and close the connection.
  case quit
  /// Run close and close the connection, because of what the MTA sent.
  case fail(MilterError)
}
