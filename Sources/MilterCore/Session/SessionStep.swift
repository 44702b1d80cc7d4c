/// The next step that a driver must perform for a command.
///
/// After each step, the session has another one, up to ``done``, ``quit``, or ``fail(_:)``.
public enum SessionStep: Equatable, Sendable {
  /// The command is complete.
  case done
  /// A message begins with the current command; call ``FilterSession/resume()`` after that.
  case messageBegan
  /// The message has ended; call ``FilterSession/resume()`` after that.
  case messageEnded
  /// Ask the filter for its options, and send them to the MTA; see ``FilterSession/offer(_:)`` and
  /// ``FilterSession/agree(_:_:to:)``. The command is then complete.
  case negotiate
  /// Call this callback with the command's payload, and pass its status to ``FilterSession/answer(_:to:)``.
  case call(MilterCallback)
  /// Call no callback; pass continue to ``FilterSession/answer(_:to:)``.
  case acknowledge(MilterCallback)
  /// The filter made a mistake, which the log must report; call ``FilterSession/resume()`` after that.
  indirect case mistake(MilterError)
  /// Call abort; call ``FilterSession/resume()`` after that.
  case abort
  /// Call close, for the end of a client or of the connection; call ``FilterSession/resume()`` after that.
  case close
  /// End the connection: perform the steps of ``FilterSession/end()``, unless this is one of them.
  case quit
  /// End the connection as for ``quit``, because the MTA sent something invalid.
  indirect case fail(MilterError)
}
