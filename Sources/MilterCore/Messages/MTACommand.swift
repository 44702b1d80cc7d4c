/// One packet from an MTA to a filter.
///
/// Strings are bytes as they are on the wire, without their NUL, and must not contain one. The
/// corresponding constants in libmilter's headers are `SMFIC_*`; see ``MTACommandCode``.
public enum MTACommand: Hashable, Sendable {
  /// `O`: what the MTA offers.
  case negotiate(MilterNegotiation)
  /// `D`: macros for the command whose byte is given; unknown bytes are ignored by filters.
  case macro(UInt8, [MilterMacro])
  /// `C`: a client connected; its name and address, nil when the MTA does not know it.
  case connect(host: [UInt8], address: MilterAddress?)
  /// `H`: the name the client gave with HELO or EHLO.
  case helo([UInt8])
  /// `M`: the sender, in angle brackets as the client sent it, and ESMTP arguments.
  case mail([[UInt8]])
  /// `R`: a recipient and ESMTP arguments.
  case rcpt([[UInt8]])
  /// `T`: DATA.
  case data
  /// `U`: an SMTP command that the MTA does not know, with its arguments.
  case unknown([UInt8])
  /// `L`: a header, its value with line breaks as LF, without the final one.
  case header(name: [UInt8], value: [UInt8])
  /// `N`: no more headers.
  case eoh
  /// `B`: a chunk of the body.
  case body([UInt8])
  /// `E`: no more body; possibly with its last chunk.
  case endOfBody([UInt8])
  /// `A`: the message is given up.
  case abort
  /// `Q`: the connection ends.
  case quit
  /// `K`: the SMTP connection ended, another one follows on the same socket.
  case quitNewConnection

  /// The command's byte.
  public var code: MTACommandCode {
    switch self {
    case .negotiate: .negotiate
    case .macro: .macro
    case .connect: .connect
    case .helo: .helo
    case .mail: .mail
    case .rcpt: .rcpt
    case .data: .data
    case .unknown: .unknown
    case .header: .header
    case .eoh: .eoh
    case .body: .body
    case .endOfBody: .endOfBody
    case .abort: .abort
    case .quit: .quit
    case .quitNewConnection: .quitNewConnection
    }
  }
}
