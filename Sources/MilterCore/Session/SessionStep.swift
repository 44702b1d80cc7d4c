/// The next step that a driver has to perform for a command.
///
/// Whatever it does, the session has another step for it afterwards, up to ``done``, ``quit`` or
/// ``fail(_:)``.
public enum SessionStep: Equatable, Sendable {
  /// Nothing: the command is done with.
  case done
  /// A message begins, with the command at hand; then ask ``FilterSession/resume()``.
  case messageBegan
  /// The message that began has ended; then ask ``FilterSession/resume()``.
  case messageEnded
  /// Ask the filter for its options, and answer the MTA with them: see ``FilterSession/offer(_:)`` and
  /// ``FilterSession/agree(_:_:to:)``. Then the command is done with.
  case negotiate
  /// Run this callback on the command's payload, and pass its status to ``FilterSession/answer(_:to:)``.
  case call(MilterCallback)
  /// Run no callback; pass continue to ``FilterSession/answer(_:to:)``.
  case acknowledge(MilterCallback)
  /// The filter did something wrong, for its log; then ask ``FilterSession/resume()``.
  case mistake(MilterError)
  /// Run abort; then ask ``FilterSession/resume()``.
  case abort
  /// Run close, for the end of a client or of the connection; then ask ``FilterSession/resume()``.
  case close
  /// End the connection: perform the steps of ``FilterSession/end()``, unless this is one of them.
  case quit
  /// End the connection as after ``quit``, because of what the MTA sent.
  case fail(MilterError)
}
