/// The allowed order of commands.
///
/// The table is libmilter's (`State_T table` in `engine.c`), as seen by an MTA:
///
/// ```
/// start ─O─▶ options ─C─▶ connect ─H─▶ helo ─M─▶ mail ─R─▶ rcpt ─T─▶ data ─L─▶ header
///                                       ▲                                        │
///                                       └───────── M ── eom ◀─E── body ◀─B── eoh ◀N┘
/// ```
///
/// A state may be passed over if the MTA was asked to leave it out: its followers may then come in the state
/// before it. libmilter has one such table for the process, so a state that one connection leaves out may be
/// passed over on the next. Here, each session has its table.
@usableFromInline
struct SessionTransitions: Sendable {
  /// The allowed commands in each state, by the state's raw value.
  @usableFromInline var allowed = Self.complete
  /// The steps that are left out on the connection.
  let leftOut: MilterProtocolFlags

  /// Creates the table of a connection.
  ///
  /// - Parameter leftOut: The steps that are left out.
  init(leavingOut leftOut: MilterProtocolFlags) {
    self.leftOut = leftOut
    // From the last state to the first: the commands that are allowed after a state that may be passed over are
    // also allowed before it.
    for (state, flag) in Self.passable where leftOut.contains(flag) {
      allowed[state - 1] |= allowed[state]
    }
  }

  /// The commands that may follow each state if no step is left out.
  private static let complete: SIMD16<UInt32> = SessionState.allCases.reduce(into: .zero) {
    $0[Int($1.rawValue)] = followers(of: $1).rawValue
  }

  /// The states that may be passed over, with the last one first, and the flag that allows it.
  private static let passable: [(state: Int, flag: MilterProtocolFlags)] =
    SessionState.allCases.reversed().compactMap { state in
      guard let flag = state.callback?.noFlag, !flag.isEmpty else { return nil }
      return (Int(state.rawValue), flag)
    }

  /// Whether a command may come in a state.
  func allow(_ command: MTACommandCode, in state: SessionState) -> Bool {
    !commands(in: state).isDisjoint(with: Commands(command))
  }

  /// The commands that may come in a state.
  @inlinable @inline(__always)
  func commands(in state: SessionState) -> Commands {
    Commands(rawValue: allowed[Int(state.rawValue)])
  }

  private static func followers(of state: SessionState) -> Commands {
    switch state {
    case .start: start
    case .options: options
    case .connect, .helo: connect
    case .mail: mail
    case .rcpt: rcpt
    case .data, .header: data
    case .eoh, .body: eoh
    case .eom: eom
    case .quit, .abort: []
    case .unknown: unknown
    case .quitNewConnection: options
    }
  }

  private static let start: Commands = [.negotiate]
  private static let options: Commands = [.connect, .unknown]
  private static let connect: Commands = [.helo, .mail, .unknown]
  private static let mail: Commands = [.rcpt, .abort, .unknown]
  private static let rcpt: Commands = [
    .rcpt, .data, .header, .eoh, .body, .endOfBody, .abort, .unknown,
  ]
  private static let data: Commands = [.header, .eoh, .abort]
  private static let eoh: Commands = [.body, .endOfBody, .abort]
  private static let eom: Commands = [.mail, .unknown, .quitNewConnection, .quit]
  private static let unknown: Commands = [
    .helo, .mail, .rcpt, .data, .body, .abort, .unknown, .quitNewConnection, .quit,
  ]
}
