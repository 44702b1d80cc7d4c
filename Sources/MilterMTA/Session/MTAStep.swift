public import MilterCore

/// An event in an MTA that concerns a filter.
///
/// The steps of a message, in order:
///
/// ```
/// connect helo { mail rcpt … data header … eoh body eom } …
/// ```
///
/// ``unknown(_:)`` and ``reset`` may come between any two steps before the content.
public enum MTAStep: Hashable, Sendable {
  /// A client has connected; its name, and its address if it is known.
  case connect(host: [UInt8], address: MilterAddress?)
  /// The client has sent HELO or EHLO, which ends a message in progress.
  case helo([UInt8])
  /// MAIL, which begins a message.
  case mail(MTAEnvelope.Path)
  /// RCPT, for each recipient.
  case rcpt(MTAEnvelope.Path)
  /// DATA.
  case data
  /// A header field.
  case header(MTAHeader)
  /// The end of the header.
  case eoh
  /// The body or a part of it, which is divided into chunks.
  case body([UInt8])
  /// The end of the message.
  case eom
  /// The client has sent a command that the MTA does not know.
  case unknown([UInt8])
  /// RSET: the client aborts the message.
  case reset
  /// The client has disconnected, and another one uses the connection to the filter.
  case newClient

  /// The callback of the step.
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

  /// The command for a filter.
  var code: MTACommandCode {
    if case .newClient = self { .quitNewConnection } else { callback.command }
  }

  /// The stage for which a filter can request macros.
  package var stage: MilterStage? { MilterStage(owner: code) }
}
