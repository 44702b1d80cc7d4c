public import MilterCore

/// One thing that happens at an MTA and concerns a filter.
///
/// The steps of a message, in their order:
///
/// ```
/// connect helo { mail rcpt … data header … eoh body eom } …
/// ```
///
/// ``unknown(_:)`` may come between any two before the content, ``reset`` as well.
public enum MTAStep: Hashable, Sendable {
  /// A client connected; its name, and its address if it is known.
  case connect(host: [UInt8], address: MilterAddress?)
  /// The client sent HELO or EHLO; a message under way ends.
  case helo([UInt8])
  /// MAIL, which begins a message.
  case mail(MTAEnvelope.Path)
  /// RCPT, for each recipient.
  case rcpt(MTAEnvelope.Path)
  /// DATA.
  case data
  /// One header.
  case header(MTAHeader)
  /// The headers ended.
  case eoh
  /// The body, all of it or a part; it is sent in as many chunks as it needs.
  case body([UInt8])
  /// The message ended.
  case eom
  /// The client sent a command that the MTA does not know.
  case unknown([UInt8])
  /// RSET: the client gave the message up.
  case reset
  /// The client went, and another one uses the connection to the filter.
  case newClient

  /// The callback the step leads to.
  public var callback: MilterCallback {
    switch self {
    case .connect: .connect
    case .helo: .helo
    case .mail: .envfrom
    case .rcpt: .envrcpt
    case .data: .data
    case .header: .header
    case .eoh: .eoh
    case .body: .body
    case .eom: .eom
    case .unknown: .unknown
    case .reset: .abort
    case .newClient: .close
    }
  }

  /// The command that is sent to a filter for it.
  var code: MTACommandCode { self == .newClient ? .quitNewConnection : callback.command }

  /// The stage whose macros a filter can ask for.
  package var stage: MilterStage? { MilterStage(owner: code) }
}
