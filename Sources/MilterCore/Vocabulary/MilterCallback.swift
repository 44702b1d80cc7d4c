/// The callbacks of a filter, by libmilter's names without `xxfi_`.
public enum MilterCallback: UInt32, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Option negotiation: `xxfi_negotiate`.
  case negotiate
  /// A client has connected: `xxfi_connect`.
  case connect
  /// HELO or EHLO: `xxfi_helo`.
  case helo
  /// MAIL: `xxfi_envfrom`.
  case envfrom
  /// RCPT: `xxfi_envrcpt`.
  case envrcpt
  /// DATA: `xxfi_data`.
  case data
  /// An SMTP command that the MTA does not know: `xxfi_unknown`.
  case unknown
  /// A header field: `xxfi_header`.
  case header
  /// The end of the header: `xxfi_eoh`.
  case eoh
  /// A chunk of the body: `xxfi_body`.
  case body
  /// The end of the message: `xxfi_eom`.
  case eom
  /// The message was aborted: `xxfi_abort`.
  case abort
  /// The connection has ended: `xxfi_close`.
  case close

  /// The callback's name.
  public var description: String {
    switch self {
    case .negotiate: "negotiate"
    case .connect: "connect"
    case .helo: "helo"
    case .envfrom: "envfrom"
    case .envrcpt: "envrcpt"
    case .data: "data"
    case .unknown: "unknown"
    case .header: "header"
    case .eoh: "eoh"
    case .body: "body"
    case .eom: "eom"
    case .abort: "abort"
    case .close: "close"
    }
  }

  /// The command that calls the callback.
  ///
  /// `close` also follows ``MTACommandCode/quitNewConnection``.
  @inlinable package var command: MTACommandCode {
    switch self {
    case .negotiate: .negotiate
    case .connect: .connect
    case .helo: .helo
    case .envfrom: .mail
    case .envrcpt: .rcpt
    case .data: .data
    case .unknown: .unknown
    case .header: .header
    case .eoh: .eoh
    case .body: .body
    case .eom: .endOfBody
    case .abort: .abort
    case .close: .quit
    }
  }

  /// Whether the callback returns a status, so that its command may have a reply.
  package var isStep: Bool {
    switch self {
    case .negotiate, .abort, .close: false
    case .connect, .helo, .envfrom, .envrcpt, .data, .unknown, .header, .eoh, .body, .eom: true
    }
  }

  /// Whether a verdict of the callback may be about one recipient or one command only, so that it does not end the
  /// message.
  package var isAboutPart: Bool { self == .envrcpt || self == .unknown }

  /// The flag for an MTA to leave the step out; empty for a callback that has no such flag.
  public var noFlag: MilterProtocolFlags {
    switch self {
    case .connect: .noconnect
    case .helo: .nohelo
    case .envfrom: .nomail
    case .envrcpt: .norcpt
    case .data: .nodata
    case .unknown: .nounknown
    case .header: .nohdrs
    case .eoh: .noeoh
    case .body: .nobody
    case .negotiate, .eom, .abort, .close: []
    }
  }

  /// The flag for an MTA not to wait for a reply; empty for a callback that has no such flag.
  public var nrFlag: MilterProtocolFlags {
    switch self {
    case .connect: .nrConn
    case .helo: .nrHelo
    case .envfrom: .nrMail
    case .envrcpt: .nrRcpt
    case .data: .nrData
    case .unknown: .nrUnkn
    case .header: .nrHdr
    case .eoh: .nrEoh
    case .body: .nrBody
    case .negotiate, .eom, .abort, .close: []
    }
  }
}
