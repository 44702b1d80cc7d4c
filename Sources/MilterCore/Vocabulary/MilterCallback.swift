/// The callbacks of a filter, by libmilter's names without `xxfi_`.
public enum MilterCallback: UInt32, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Option negotiation: `xxfi_negotiate`.
  case negotiate
  /// A client connected: `xxfi_connect`.
  case connect
  /// HELO or EHLO: `xxfi_helo`.
  case helo
  /// MAIL: `xxfi_envfrom`.
  case envfrom
  /// RCPT: `xxfi_envrcpt`.
  case envrcpt
  /// DATA: `xxfi_data`.
  case data
  /// An SMTP command the MTA does not know: `xxfi_unknown`.
  case unknown
  /// One header: `xxfi_header`.
  case header
  /// End of the headers: `xxfi_eoh`.
  case eoh
  /// One chunk of the body: `xxfi_body`.
  case body
  /// End of the message: `xxfi_eom`.
  case eom
  /// The message was given up: `xxfi_abort`.
  case abort
  /// The connection ended: `xxfi_close`.
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

  /// The command that leads to the callback.
  ///
  /// `close` also follows ``MTACommandCode/quitNewConnection``.
  package var command: MTACommandCode {
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

  /// Whether the callback is asked about a step, so that the MTA awaits a reply to its command.
  package var isStep: Bool {
    switch self {
    case .negotiate, .abort, .close: false
    case .connect, .helo, .envfrom, .envrcpt, .data, .unknown, .header, .eoh, .body, .eom: true
    }
  }

  /// The flag that tells an MTA to leave the step out, where it has one.
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

  /// The flag that tells an MTA not to wait for a reply, where the step has one.
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
