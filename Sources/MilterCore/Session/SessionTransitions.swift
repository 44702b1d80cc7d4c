/// The allowed order of commands.
///
/// The table is libmilter's (`State_T table` in `engine.c`), as observed from outside:
///
/// ```
/// start ─O─▶ options ─C─▶ connect ─H─▶ helo ─M─▶ mail ─R─▶ rcpt ─T─▶ data ─L─▶ header
///                                       ▲                                        │
///                                       └───────── M ── eom ◀─E── body ◀─B── eoh ◀N┘
/// ```
///
/// A state that the MTA was told to leave out may be passed over: its followers may come in its
/// predecessor's place. libmilter keeps one such table for the whole process, so that what one
/// connection leaves out becomes legal on the next; ours belongs to its session.
enum SessionTransitions {
  /// Whether a command may come in a state, with the steps that are left out on this connection.
  static func allow(
    _ command: MTACommandCode, in state: SessionState, leavingOut: MilterProtocolFlags
  ) -> Bool {
    var state = state
    while true {
      if followers(of: state).contains(Commands(command)) { return true }
      guard let next = SessionState(rawValue: state.rawValue + 1),
        let flag = noFlag(next), leavingOut.contains(flag)
      else { return false }
      state = next
    }
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

  /// The flag that allows passing over a state; nil for those that always happen.
  private static func noFlag(_ state: SessionState) -> MilterProtocolFlags? {
    switch state {
    case .connect: .noconnect
    case .helo: .nohelo
    case .mail: .nomail
    case .rcpt: .norcpt
    case .data: .nodata
    case .header: .nohdrs
    case .eoh: .noeoh
    case .body: .nobody
    case .unknown: .nounknown
    case .start, .options, .eom, .quit, .abort, .quitNewConnection: nil
    }
  }
}

/// A set of commands, one bit each.
private struct Commands: OptionSet {
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ command: MTACommandCode) {
    // The codes are letters.
    rawValue = 1 << UInt32(command.rawValue & 0x1F)
  }

  static let negotiate = Self(.negotiate)
  static let connect = Self(.connect)
  static let helo = Self(.helo)
  static let mail = Self(.mail)
  static let rcpt = Self(.rcpt)
  static let data = Self(.data)
  static let header = Self(.header)
  static let eoh = Self(.eoh)
  static let body = Self(.body)
  static let endOfBody = Self(.endOfBody)
  static let abort = Self(.abort)
  static let unknown = Self(.unknown)
  static let quitNewConnection = Self(.quitNewConnection)
  static let quit = Self(.quit)
}
