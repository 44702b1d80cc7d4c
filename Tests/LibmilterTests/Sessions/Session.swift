import MilterCore

/// The commands of an MTA on one connection, in steps.
struct Session: Sendable {
  enum Step: Sendable {
    /// Sends commands one at a time, and waits for the reply to each.
    case ask([MTACommand])
    /// Sends commands that get no reply.
    case tell([MTACommand])
    /// Sends commands in one write and waits for as many replies.
    case burst([MTACommand], replies: Int)
    /// The same, byte by byte.
    case drip([MTACommand], replies: Int)
    /// Sends bytes as they are, without waiting.
    case raw([UInt8])
    /// Waits until the filter has closed the connection.
    case untilClosed
  }

  let name: String
  let steps: [Step]
  /// All packets of the filter; see ``Player/notation(_:)``.
  let replies: String
  /// The behavior of libmilter that we have corrected; if set, libmilter does not play the session.
  let mended: String?

  /// The filter's answer to the offer of a current MTA: three actions, macro lists, skip, header
  /// fields without a reply, and no DATA, end of header, or unknown commands.
  static let agreed =
    #"O\x00\x00\x00\x06\x00\x00\x011\x00\x00\x07\xc0\x00\x00\x00\x02{auth_authen}\x00\x00\x00\x00\x05i\x00"#

  init(_ name: String, _ steps: Step..., replies: String, mended: String? = nil) {
    self.name = name
    self.steps = steps
    self.replies = replies
    self.mended = mended
  }
}

// The commands of sessions.
extension MTACommand {
  /// The offer of a current MTA.
  static let offer = offer(actions: 0x1ff, steps: 0x1f_ffff)

  static func offer(version: UInt32 = 6, actions: UInt32, steps: UInt32) -> Self {
    .negotiate(
      .init(
        options: .init(
          version: version, actions: .init(rawValue: actions), steps: .init(rawValue: steps))))
  }

  static let outside = client("192.0.2.7")

  static func client(_ address: String) -> Self {
    .connect(host: ascii("mx"), address: .inet(address: address, port: 25))
  }

  static func helo(_ name: String) -> Self { .helo(ascii(name)) }
  static func mail(_ strings: String...) -> Self { .mail(strings.map(ascii)) }
  static func rcpt(_ strings: String...) -> Self { .rcpt(strings.map(ascii)) }
  static func header(_ name: String, _ value: String) -> Self {
    .header(name: ascii(name), value: ascii(value))
  }
  static func body(_ text: String) -> Self { .body(ascii(text)) }
  static let end = Self.endOfBody([])
  static func macro(_ owner: Unicode.Scalar, _ name: String, _ value: String) -> Self {
    .macro(UInt8(ascii: owner), [MilterMacro(name, value)])
  }
}

func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
