/// The state of a session: the last command that was executed.
///
/// The corresponding constants in libmilter's `engine.c` are `ST_*`; the raw values have the order in which
/// `SessionTransitions` passes over states that may be left out.
public enum SessionState: UInt8, Hashable, Sendable, CaseIterable {
  /// No command has arrived.
  case start
  /// The options are being negotiated.
  case options
  /// A client has connected.
  case connect
  /// HELO has arrived, or the session was reset to the state after HELO.
  case helo
  /// MAIL has arrived.
  case mail
  /// RCPT has arrived.
  case rcpt
  /// DATA has arrived.
  case data
  /// A header field has arrived.
  case header
  /// The header has ended.
  case eoh
  /// A body chunk has arrived.
  case body
  /// The message has ended.
  case eom
  /// The connection has ended.
  case quit
  /// The message was aborted.
  case abort
  /// An unknown SMTP command has arrived outside of a message.
  case unknown
  /// The SMTP connection has ended, and another one may follow.
  case quitNewConnection

  /// Whether a message is in progress, so that its end requires abort.
  public var isInMessage: Bool {
    switch self {
    case .mail, .rcpt, .data, .header, .eoh, .body: true
    case .start, .options, .connect, .helo, .eom, .quit, .abort, .unknown, .quitNewConnection: false
    }
  }

  /// The callback of the command that leads to the state; `nil` for the first state.
  var callback: MilterCallback? {
    self == .quitNewConnection ? .close : MilterCallback.allCases.first { $0.state == self }
  }
}

extension MilterCallback {
  /// The state to which the callback's command leads.
  @inlinable var state: SessionState {
    switch self {
    case .negotiate: .options
    case .connect: .connect
    case .helo: .helo
    case .envfrom: .mail
    case .envrcpt: .rcpt
    case .data: .data
    case .unknown: .unknown
    case .header: .header
    case .eoh: .eoh
    case .body: .body
    case .eom: .eom
    case .abort: .abort
    case .close: .quit
    }
  }
}
