/// What a played MTA sends, and when.
struct Session {
  /// The seed that it was made from, which determines everything in it.
  let seed: UInt64
  let variant: Variant
  var manners: Manners = []
  var steps: [Step] = []
  /// Literal rules for the filter, of the oracle tests.
  var rules = ""
  /// What kind of session it is, for reports.
  var kind = ""
  /// The known differences it is made to run into; see ``KnownDifference``.
  var triggers: Set<KnownDifference.ID> = []

  /// The filter's manners; the numbers are those of the C program.
  struct Manners: OptionSet {
    let rawValue: UInt32

    static let tame = Manners(rawValue: 1)
    static let bodyContinues = Manners(rawValue: 2)
    static let undocumented = Manners(rawValue: 4)
    static let exceptions = Manners(rawValue: 8)
    static let huge = Manners(rawValue: 16)
    static let rules = Manners(rawValue: 32)
  }

  /// One thing the player does.
  enum Step: Equatable {
    /// Sends bytes in one write.
    case write([UInt8])
    /// Waits until the filter has read all that was sent; a Unix socket tells.
    case drain
    /// Gives the connection time to become an idle one. Nothing depends on it.
    case pause
    /// Sends a packet and waits for the reply to it, unless it was negotiated that there is
    /// none, or that the packet is not wanted. After a verdict the player skips this number of steps.
    case exchange(Packet, skip: Int)
    /// Asks for a sign that everything before has been handled.
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
