/// One packet from an MTA to a filter.
///
/// Strings are the bytes on the wire without the NUL at their end, and must not contain a NUL. The
/// corresponding constants in libmilter's headers are `SMFIC_*`; see ``MTACommandCode``.
public enum MTACommand: Hashable, Sendable {
  /// `O`: the MTA's offer.
  case negotiate(MilterNegotiation)
  /// `D`: macros for the command with this byte; filters ignore unknown bytes.
  case macro(UInt8, [MilterMacro])
  /// `C`: a client has connected; its name, and its address, `nil` if the MTA does not know it.
  case connect(host: [UInt8], address: MilterAddress?)
  /// `H`: the name that the client sent with HELO or EHLO.
  case helo([UInt8])
  /// `M`: the sender as the client wrote it, with angle brackets, and its ESMTP arguments.
  case mail([[UInt8]])
  /// `R`: a recipient and its ESMTP arguments.
  case rcpt([[UInt8]])
  /// `T`: DATA.
  case data
  /// `U`: an SMTP command that the MTA does not know, with its arguments.
  case unknown([UInt8])
  /// `L`: a header field; LF separates the lines of its value.
  case header(name: [UInt8], value: [UInt8])
  /// `N`: the end of the header.
  case eoh
  /// `B`: a chunk of the body.
  case body([UInt8])
  /// `E`: the end of the body, possibly with its last chunk.
  case endOfBody([UInt8])
  /// `A`: the message is aborted.
  case abort
  /// `Q`: the connection ends.
  case quit
  /// `K`: the SMTP connection has ended, and another one follows on the same socket.
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
