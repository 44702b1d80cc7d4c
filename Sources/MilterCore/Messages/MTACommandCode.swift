/// The first byte of each packet from an MTA.
///
/// The corresponding constants in libmilter's headers are `SMFIC_*`.
public enum MTACommandCode: UInt8, Hashable, Sendable, CaseIterable {
  /// `A`, the message is aborted: `SMFIC_ABORT`.
  case abort = 0x41
  /// `B`, a chunk of the body: `SMFIC_BODY`.
  case body = 0x42
  /// `C`, a client has connected: `SMFIC_CONNECT`.
  case connect = 0x43
  /// `D`, macros: `SMFIC_MACRO`.
  case macro = 0x44
  /// `E`, the end of the body, possibly with its last chunk: `SMFIC_BODYEOB`.
  case endOfBody = 0x45
  /// `H`, HELO or EHLO: `SMFIC_HELO`.
  case helo = 0x48
  /// `K`, quit, and a new connection follows: `SMFIC_QUIT_NC`.
  case quitNewConnection = 0x4B
  /// `L`, a header: `SMFIC_HEADER`.
  case header = 0x4C
  /// `M`, MAIL: `SMFIC_MAIL`.
  case mail = 0x4D
  /// `N`, the end of the headers: `SMFIC_EOH`.
  case eoh = 0x4E
  /// `O`, option negotiation: `SMFIC_OPTNEG`.
  case negotiate = 0x4F
  /// `Q`, quit: `SMFIC_QUIT`.
  case quit = 0x51
  /// `R`, RCPT: `SMFIC_RCPT`.
  case rcpt = 0x52
  /// `T`, DATA: `SMFIC_DATA`.
  case data = 0x54
  /// `U`, a command the MTA does not know: `SMFIC_UNKNOWN`.
  case unknown = 0x55
}

extension MTACommandCode {
  /// The callback whose status is the reply to the command; `nil` for a command without a reply.
  package var callback: MilterCallback? {
    MilterCallback.allCases.first { $0.isStep && $0.command == self }
  }

  /// Whether the command needs a payload; without one, the connection is closed.
  package var needsPayload: Bool {
    switch self {
    case .body, .connect, .macro, .helo, .header, .mail, .negotiate, .rcpt, .unknown: true
    case .abort, .endOfBody, .quitNewConnection, .eoh, .quit, .data: false
    }
  }
}

extension MTACommandCode: CustomStringConvertible {
  /// The command's name in reports, logs, and recordings.
  public var description: String {
    switch self {
    case .abort: "abort"
    case .body: "body"
    case .connect: "connect"
    case .macro: "macro"
    case .endOfBody: "endOfBody"
    case .helo: "helo"
    case .quitNewConnection: "quitNewConnection"
    case .header: "header"
    case .mail: "mail"
    case .eoh: "eoh"
    case .negotiate: "negotiate"
    case .quit: "quit"
    case .rcpt: "rcpt"
    case .data: "data"
    case .unknown: "unknown"
    }
  }
}
