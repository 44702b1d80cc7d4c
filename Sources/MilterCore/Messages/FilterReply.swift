/// One packet from a filter to an MTA.
///
/// Strings are the bytes on the wire without the NUL at their end, and must not contain a NUL. The
/// corresponding constants in libmilter's headers are `SMFIR_*`; see ``FilterReplyCode``.
public enum FilterReply: Hashable, Sendable {
  /// `O`: the filter's choice from the MTA's offer, and the macros that it requests.
  case negotiate(MilterNegotiation)
  /// `c`: continue.
  case `continue`
  /// `a`: accept without further checks.
  case accept
  /// `r`: reject.
  case reject
  /// `t`: refuse temporarily.
  case tempfail
  /// `d`: accept and drop.
  case discard
  /// `s`: skip the rest of this step.
  case skip
  /// `y`: send this reply to the client; CR LF separates its lines.
  case replycode([UInt8])
  /// `p`: the filter is still working.
  case progress
  /// `4`: reply with 421 and close the SMTP connection.
  case shutdown
  /// `f`: drop the client's connection.
  case connectionFailure
  /// `h`: add a header field at the end.
  case addheader(name: [UInt8], value: [UInt8])
  /// `i`: insert a header field at a position.
  case insheader(index: UInt32, name: [UInt8], value: [UInt8])
  /// `m`: change a header field by its number among those with the same name; an empty value deletes it.
  case chgheader(index: UInt32, name: [UInt8], value: [UInt8])
  /// `e`: change the sender; `nil` if the packet has no arguments.
  case chgfrom([UInt8], arguments: [UInt8]?)
  /// `+`: add a recipient.
  case addrcpt([UInt8])
  /// `2`: add a recipient with ESMTP arguments; `nil` if the packet has no arguments.
  case addrcptPar([UInt8], arguments: [UInt8]?)
  /// `-`: delete a recipient.
  case delrcpt([UInt8])
  /// `b`: a chunk of the new body.
  case replacebody([UInt8])
  /// `q`: quarantine the message, with a reason.
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
