import MilterCore

/// One thing an MTA does for a message.
enum TransactionStep: Hashable, Sendable {
  case connect
  case helo
  case mail
  /// The recipient of this number.
  case rcpt(Int)
  case data
  /// The header of this number.
  case header(Int)
  case eoh
  /// The chunk of the body from this byte on.
  case body(Int)
  case eom

  /// The callback the step leads to.
  var callback: MilterCallback {
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
    }
  }

  /// The stage whose macros are sent before the step.
  var stage: MilterStage? {
    switch self {
    case .connect: .connect
    case .helo: .helo
    case .mail: .envfrom
    case .rcpt: .envrcpt
    case .data: .data
    case .eoh: .eoh
    case .eom: .eom
    case .header, .body: nil
    }
  }
}
