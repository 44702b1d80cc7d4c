/// The state of a session: the last command that was executed.
///
/// The corresponding constants in libmilter's `engine.c` are `ST_*`; the order of the raw values is
/// the one in which `SessionTransitions` looks past states that may be left out.
public enum SessionState: UInt8, Hashable, Sendable, CaseIterable {
  /// Nothing came yet.
  case start
  /// Options are negotiated.
  case options
  /// A client connected.
  case connect
  /// HELO came, or the session was put back to where it stands after HELO.
  case helo
  /// MAIL came.
  case mail
  /// RCPT came.
  case rcpt
  /// DATA came.
  case data
  /// A header came.
  case header
  /// The headers ended.
  case eoh
  /// A body chunk came.
  case body
  /// The message ended.
  case eom
  /// The connection ended.
  case quit
  /// The message was given up.
  case abort
  /// An unknown SMTP command came outside a message.
  case unknown
  /// The SMTP connection ended, another one may follow.
  case quitNewConnection

  /// Whether a message is under way, so that giving up means abort.
  public var isInMessage: Bool {
    switch self {
    case .mail, .rcpt, .data, .header, .eoh, .body: true
    case .start, .options, .connect, .helo, .eom, .quit, .abort, .unknown, .quitNewConnection: false
    }
  }
}
