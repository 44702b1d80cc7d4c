/// The steps of a simulated MTA.
struct Session {
  /// The seed that determines the session.
  let seed: UInt64
  let variant: Variant
  var manners: Manners = []
  var steps: [Step] = []
  /// The filter's rules in an oracle test.
  var rules = ""
  /// The kind of session, for reports.
  var kind = ""
  /// The known differences that the session triggers; see ``KnownDifference``.
  var triggers: Set<KnownDifference.ID> = []

  /// The filter's behavior; the numbers are those of the C program.
  struct Manners: OptionSet {
    let rawValue: UInt32

    static let tame = Manners(rawValue: 1)
    static let bodyContinues = Manners(rawValue: 2)
    static let undocumented = Manners(rawValue: 4)
    static let exceptions = Manners(rawValue: 8)
    static let huge = Manners(rawValue: 16)
    static let rules = Manners(rawValue: 32)
  }

  /// A step of the player.
  enum Step: Equatable {
    /// Sends bytes in one write.
    case write([UInt8])
    /// Waits until the filter has read all bytes; only on a Unix socket.
    case drain
    /// Waits briefly, so that the connection may become idle. No result depends on it.
    case pause
    /// Sends a packet and waits for its reply, unless the negotiation excludes the reply or the
    /// packet. After a verdict, the player skips this number of steps.
    case exchange(Packet, skip: Int)
    /// Sends a command whose reply shows that the filter has handled all earlier commands.
    case probe
    /// Waits for the filter to close the connection.
    case awaitClose
  }
}

/// A packet of the MTA.
struct Packet: Equatable {
  var command: UInt8
  var data: [UInt8] = []

  init(_ command: Character, _ data: [UInt8] = []) {
    self.command = command.asciiValue ?? 0
    self.data = data
  }

  init(_ command: Character, _ text: String) {
    self.init(command, Array(text.utf8))
  }

  /// The packet as it is sent.
  var bytes: [UInt8] { header(data.count + 1) + data }

  /// The length and the command byte.
  func header(_ length: Int) -> [UInt8] { UInt32(truncatingIfNeeded: length).bytes + [command] }
}

extension FixedWidthInteger {
  /// The bytes in network order.
  var bytes: [UInt8] {
    (0..<bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
  }
}

extension [Packet] {
  var bytes: [UInt8] { flatMap(\.bytes) }
}
