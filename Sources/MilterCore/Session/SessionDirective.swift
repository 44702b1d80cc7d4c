/// What a driver has to do for one command.
public struct SessionDirective: Equatable, Sendable {
  /// One thing to do.
  public enum Step: Equatable, Sendable {
    /// Nothing: no callback, no reply.
    case none
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

  /// Whether abort is to be run first, with ``FilterSession/isAborting`` set.
  public var aborts: Bool
  /// What is to be done then.
  public var step: Step

  /// Makes a directive.
  public init(aborts: Bool = false, _ step: Step) {
    self.aborts = aborts
    self.step = step
  }
}
