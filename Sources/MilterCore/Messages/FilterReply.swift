/// One packet from a filter to an MTA.
///
/// Strings are bytes as they are on the wire, without their NUL, and must not contain one. The
/// corresponding constants in libmilter's headers are `SMFIR_*`; see ``FilterReplyCode``.
public enum FilterReply: Hashable, Sendable {
  /// `O`: what the filter wants of the MTA's offer, and the macros it asks for.
  case negotiate(MilterNegotiation)
  /// `c`: go on.
  case `continue`
  /// `a`: accept without looking at the rest.
  case accept
  /// `r`: reject.
  case reject
  /// `t`: refuse for now.
  case tempfail
  /// `d`: accept and throw away.
  case discard
  /// `s`: send no more of this.
  case skip
  /// `y`: answer the client with this text; lines are separated by CR LF.
  case replycode([UInt8])
  /// `p`: the filter is still at work.
  case progress
  /// `4`: answer 421 and close the SMTP connection.
  case shutdown
  /// `f`: make the client's connection fail.
  case connectionFailure
  /// `h`: add a header at the end.
  case addheader(name: [UInt8], value: [UInt8])
  /// `i`: insert a header at a position.
  case insheader(index: UInt32, name: [UInt8], value: [UInt8])
  /// `m`: change a header by its number among those of its name; an empty value deletes it.
  case chgheader(index: UInt32, name: [UInt8], value: [UInt8])
  /// `e`: change the sender; arguments nil means none are sent.
  case chgfrom([UInt8], arguments: [UInt8]?)
  /// `+`: add a recipient.
  case addrcpt([UInt8])
  /// `2`: add a recipient with ESMTP arguments; nil means none are sent.
  case addrcptPar([UInt8], arguments: [UInt8]?)
  /// `-`: delete a recipient.
  case delrcpt([UInt8])
  /// `b`: a chunk of the new body.
  case replacebody([UInt8])
  /// `q`: quarantine the message for a reason.
  case quarantine([UInt8])

  /// The reply's byte.
  public var code: FilterReplyCode {
    switch self {
    case .negotiate: .negotiate
    case .continue: .continue
    case .accept: .accept
    case .reject: .reject
    case .tempfail: .tempfail
    case .discard: .discard
    case .skip: .skip
    case .replycode: .replycode
    case .progress: .progress
    case .shutdown: .shutdown
    case .connectionFailure: .connectionFailure
    case .addheader: .addheader
    case .insheader: .insheader
    case .chgheader: .chgheader
    case .chgfrom: .chgfrom
    case .addrcpt: .addrcpt
    case .addrcptPar: .addrcptPar
    case .delrcpt: .delrcpt
    case .replacebody: .replacebody
    case .quarantine: .quarantine
    }
  }
}
