/// A stage of a session at which macros are sent.
///
/// The corresponding libmilter constants are `SMFIM_*`, with the same values; the names here lack the prefix.
public enum MilterStage: UInt32, Hashable, Sendable, CaseIterable {
  /// Before connect: `SMFIM_CONNECT`.
  case connect = 0
  /// Before HELO: `SMFIM_HELO`.
  case helo = 1
  /// Before MAIL: `SMFIM_ENVFROM`.
  case envfrom = 2
  /// Before RCPT: `SMFIM_ENVRCPT`.
  case envrcpt = 3
  /// Before DATA: `SMFIM_DATA`.
  case data = 4
  /// Before the end of the message: `SMFIM_EOM`.
  case eom = 5
  /// Before the end of the header: `SMFIM_EOH`.
  case eoh = 6

  /// Creates the stage of a command's macros; `nil` for commands without macros.
  ///
  /// This is the inverse of ``owner``. It is not derived from it, because each packet of macros needs it.
  public init?(owner: MTACommandCode) {
    switch owner {
    case .connect: self = .connect
    case .helo: self = .helo
    case .mail: self = .envfrom
    case .rcpt: self = .envrcpt
    case .data: self = .data
    case .eoh: self = .eoh
    case .endOfBody: self = .eom
    case .negotiate, .macro, .unknown, .header, .body, .abort, .quit, .quitNewConnection: return nil
    }
  }

  /// The command to which the stage's macros belong.
  public var owner: MTACommandCode { callback.command }
}

extension MilterStage {
  /// The callback before which the stage's macros come.
  package var callback: MilterCallback {
    switch self {
    case .connect: .connect
    case .helo: .helo
    case .envfrom: .envfrom
    case .envrcpt: .envrcpt
    case .data: .data
    case .eom: .eom
    case .eoh: .eoh
    }
  }
}

extension MilterStage: CustomStringConvertible {
  /// The stage's name.
  public var description: String {
    switch self {
    case .connect: "connect"
    case .helo: "helo"
    case .envfrom: "envfrom"
    case .envrcpt: "envrcpt"
    case .data: "data"
    case .eom: "eom"
    case .eoh: "eoh"
    }
  }
}
