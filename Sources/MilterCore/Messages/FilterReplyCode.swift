/// The first byte of each packet from a filter.
///
/// The corresponding constants in libmilter's headers are `SMFIR_*`.
public enum FilterReplyCode: UInt8, Hashable, Sendable, CaseIterable {
  /// `+`, add a recipient: `SMFIR_ADDRCPT`.
  case addrcpt = 0x2B
  /// `-`, delete a recipient: `SMFIR_DELRCPT`.
  case delrcpt = 0x2D
  /// `2`, add a recipient with parameters: `SMFIR_ADDRCPT_PAR`.
  case addrcptPar = 0x32
  /// `4`, 421 and close: `SMFIR_SHUTDOWN`.
  case shutdown = 0x34
  /// `O`, the answer to the option negotiation: `SMFIC_OPTNEG`.
  case negotiate = 0x4F
  /// `a`, accept: `SMFIR_ACCEPT`.
  case accept = 0x61
  /// `b`, a chunk of the new body: `SMFIR_REPLBODY`.
  case replacebody = 0x62
  /// `c`, continue: `SMFIR_CONTINUE`.
  case `continue` = 0x63
  /// `d`, discard: `SMFIR_DISCARD`.
  case discard = 0x64
  /// `e`, change the sender: `SMFIR_CHGFROM`.
  case chgfrom = 0x65
  /// `f`, drop the client's connection: `SMFIR_CONN_FAIL`.
  case connectionFailure = 0x66
  /// `h`, add a header: `SMFIR_ADDHEADER`.
  case addheader = 0x68
  /// `i`, insert a header: `SMFIR_INSHEADER`.
  case insheader = 0x69
  /// `m`, change or delete a header: `SMFIR_CHGHEADER`.
  case chgheader = 0x6D
  /// `p`, still working: `SMFIR_PROGRESS`.
  case progress = 0x70
  /// `q`, quarantine: `SMFIR_QUARANTINE`.
  case quarantine = 0x71
  /// `r`, reject: `SMFIR_REJECT`.
  case reject = 0x72
  /// `s`, skip: `SMFIR_SKIP`.
  case skip = 0x73
  /// `t`, tempfail: `SMFIR_TEMPFAIL`.
  case tempfail = 0x74
  /// `y`, the filter's own reply: `SMFIR_REPLYCODE`.
  case replycode = 0x79
}

extension FilterReplyCode {
  /// The flag that an action needs; `nil` for replies that are not actions.
  public var flag: MilterActionFlags? {
    switch self {
    case .addheader, .insheader: .addhdrs
    case .chgheader: .chghdrs
    case .chgfrom: .chgfrom
    case .addrcpt: .addrcpt
    case .addrcptPar: .addrcptPar
    case .delrcpt: .delrcpt
    case .replacebody: .chgbody
    case .quarantine: .quarantine
    case .negotiate, .continue, .accept, .reject, .tempfail, .discard, .skip, .replycode,
      .progress, .shutdown, .connectionFailure:
      nil
    }
  }

  /// Whether such a packet has a payload.
  var hasPayload: Bool {
    switch self {
    case .continue, .accept, .reject, .tempfail, .discard, .skip, .progress, .shutdown,
      .connectionFailure:
      false
    case .negotiate, .replycode, .addheader, .insheader, .chgheader, .chgfrom, .addrcpt,
      .addrcptPar, .delrcpt, .replacebody, .quarantine:
      true
    }
  }
}

extension FilterReplyCode {
  /// Whether the reply ends the step, so that the MTA waits for no further reply.
  package var endsStep: Bool { isVerdict || self == .continue || self == .skip }

  /// Whether the filter has decided, so that it wants no more of the message.
  package var isVerdict: Bool {
    switch self {
    case .accept, .reject, .tempfail, .discard, .replycode, .shutdown, .connectionFailure: true
    case .addrcpt, .delrcpt, .addrcptPar, .negotiate, .replacebody, .continue, .chgfrom, .addheader,
      .insheader, .chgheader, .progress, .quarantine, .skip:
      false
    }
  }
}

extension FilterReplyCode: CustomStringConvertible {
  /// The reply's name in reports, logs, and recordings.
  public var description: String {
    switch self {
    case .addrcpt: "addrcpt"
    case .delrcpt: "delrcpt"
    case .addrcptPar: "addrcptPar"
    case .shutdown: "shutdown"
    case .negotiate: "negotiate"
    case .accept: "accept"
    case .replacebody: "replacebody"
    case .continue: "continue"
    case .discard: "discard"
    case .chgfrom: "chgfrom"
    case .connectionFailure: "connectionFailure"
    case .addheader: "addheader"
    case .insheader: "insheader"
    case .chgheader: "chgheader"
    case .progress: "progress"
    case .quarantine: "quarantine"
    case .reject: "reject"
    case .skip: "skip"
    case .tempfail: "tempfail"
    case .replycode: "replycode"
    }
  }
}
