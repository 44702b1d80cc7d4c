/// The answer of a callback.
///
/// The corresponding libmilter constants are `SMFIS_*`; each case is the constant's name without
/// the prefix, and its raw value is the constant's.
public enum MilterStatus: Int32, Hashable, Sendable, CaseIterable {
  /// Go on with this connection, message or recipient: `SMFIS_CONTINUE`.
  case `continue` = 0
  /// Refuse the connection, the message or, in `envrcpt`, this recipient, for good.
  /// `SMFIS_REJECT`.
  case reject = 1
  /// Accept the message towards the client and throw it away: `SMFIS_DISCARD`.
  case discard = 2
  /// Accept the connection or message without looking at the rest of it: `SMFIS_ACCEPT`.
  case accept = 3
  /// Refuse for now: the client is told to try again later: `SMFIS_TEMPFAIL`.
  case tempfail = 4
  /// Send no reply, in steps for which that was negotiated: `SMFIS_NOREPLY`.
  case noreply = 7
  /// Do not send the rest of what this callback gets, most useful in `body`: `SMFIS_SKIP`.
  case skip = 8
  /// From `negotiate` only: take everything the MTA offers: `SMFIS_ALL_OPTS`.
  case allOptions = 10

  /// The status's name in logs and metrics: its case's name.
  package var name: String {
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

  /// Whether the status decides about the message or connection, so that no more of it is looked at.
  public var isVerdict: Bool {
    switch self {
    case .reject, .discard, .accept, .tempfail: true
    case .continue, .noreply, .skip, .allOptions: false
    }
  }
}

extension MilterStatus: CustomStringConvertible {
  /// The status's name.
  public var description: String { name }
}
