/// The answer of a callback.
///
/// The corresponding libmilter constants are `SMFIS_*`. Each case has the name of the constant without the
/// prefix, and its value.
public enum MilterStatus: Int32, Hashable, Sendable, CaseIterable {
  /// Continue with this connection, message, or recipient: `SMFIS_CONTINUE`.
  case `continue` = 0
  /// Refuse the connection, the message or, in `envrcpt`, this recipient permanently: `SMFIS_REJECT`.
  case reject = 1
  /// Accept the message and drop it: `SMFIS_DISCARD`.
  case discard = 2
  /// Accept the connection or message without further checks: `SMFIS_ACCEPT`.
  case accept = 3
  /// Refuse temporarily, so that the client tries again later: `SMFIS_TEMPFAIL`.
  case tempfail = 4
  /// Send no reply, in steps for which that was negotiated: `SMFIS_NOREPLY`.
  case noreply = 7
  /// Do not send the rest of this step, most useful in `body`: `SMFIS_SKIP`.
  case skip = 8
  /// From `negotiate` only: accept everything that the MTA offers: `SMFIS_ALL_OPTS`.
  case allOptions = 10

  /// Whether the status decides about the message or connection, so that the filter gets no more of it.
  public var isVerdict: Bool {
    switch self {
    case .reject, .discard, .accept, .tempfail: true
    case .continue, .noreply, .skip, .allOptions: false
    }
  }
}

extension MilterStatus: CustomStringConvertible {
  /// The status's name in logs and metrics, which is the name of its case.
  public var description: String {
    switch self {
    case .continue: "continue"
    case .reject: "reject"
    case .discard: "discard"
    case .accept: "accept"
    case .tempfail: "tempfail"
    case .noreply: "noreply"
    case .skip: "skip"
    case .allOptions: "allOptions"
    }
  }
}
